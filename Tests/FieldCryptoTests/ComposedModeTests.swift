import FieldCrypto
import Foundation
import TestSupport
import Testing

/// SM4-GCM and SM4-CCM, which libcrypto 3.0 lacks, composed of its SM4-ECB for these vectors alone.
///
/// They are reserved in the format and sealed by nothing; the vectors hold the block cipher to a second opinion.
@Suite("Composed modes of SM4")
struct ComposedModeTests {
    @Test("SM4-GCM of Project Wycheproof")
    func gcm() throws {
        try run("sm4_gcm_test.json", "SM4-GCM") { test, _ in
            try SM4Modes(key: test.key).openGCM(test)
        }
    }

    @Test("SM4-CCM of Project Wycheproof")
    func ccm() throws {
        try run("sm4_ccm_test.json", "SM4-CCM") { test, tagBits in
            try SM4Modes(key: test.key).openCCM(test, tagBits: tagBits)
        }
    }

    private func run(
        _ file: String, _ name: String, open: (SealedCase, Int) throws -> [UInt8]?
    ) throws {
        guard let file = try WycheproofFile.read(file) else { return }
        var (ran, invalid) = (0, 0)
        for group in file.testGroups {
            for test in group.tests {
                let sealed = SealedCase(
                    key: hex(try #require(test.key)), nonce: hex(try #require(test.iv)),
                    data: hex(try #require(test.aad)), text: hex(try #require(test.ct)),
                    tag: hex(try #require(test.tag)))
                let opened = try open(sealed, try #require(group.tagSize))
                let message = hex(try #require(test.msg))
                #expect(opened == (test.result == "valid" ? message : nil), "case \(test.tcId)")
                ran += 1
                invalid += test.result == "invalid" ? 1 : 0
            }
        }
        print("Wycheproof \(name): \(ran) cases, \(invalid) of them to be refused")
        #expect(ran > 0 && invalid > 0)
    }
}

struct SealedCase {
    let key: [UInt8]
    let nonce: [UInt8]
    let data: [UInt8]
    let text: [UInt8]
    let tag: [UInt8]
}

private struct SM4Modes {
    private typealias Block = [UInt8]
    private static let zero = Block(repeating: 0, count: 16)
    private let key: [UInt8]
    private let library: LibraryCipher

    init(key: [UInt8]) throws {
        self.key = key
        library = try LibraryCipher("SM4-ECB")
    }

    private func encrypt(_ block: Block) throws -> Block {
        try #require(library.run(key: key, iv: nil, block, encrypts: true))
    }

    private func xor(_ left: Block, _ right: [UInt8]) -> [UInt8] {
        zip(left, right).map { $0 ^ $1 }
    }

    private func blocks(_ bytes: [UInt8]) -> [[UInt8]] {
        stride(from: 0, to: bytes.count, by: 16).map {
            Array(bytes[$0..<min($0 + 16, bytes.count)])
        }
    }

    private func padded(_ bytes: [UInt8]) -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: (16 - bytes.count % 16) % 16)
    }

    private func big(_ number: Int, _ byteCount: Int) -> [UInt8] {
        (0..<byteCount).map { UInt8(truncatingIfNeeded: number >> (8 * (byteCount - 1 - $0))) }
    }

    /// The text under a counter whose last `width` bytes count up from `first`.
    private func counted(_ text: [UInt8], first: Block, width: Int) throws -> [UInt8] {
        var counter = first
        var result: [UInt8] = []
        for block in blocks(text) {
            result += xor(try encrypt(counter), block)
            for place in (16 - width..<16).reversed() {
                counter[place] &+= 1
                if counter[place] != 0 { break }
            }
        }
        return result
    }

    // NIST SP 800-38D.

    private func multiplied(_ left: Block, _ right: Block) -> Block {
        var (product, factor) = (Self.zero, right)
        for bit in 0..<128 {
            if left[bit / 8] >> UInt8(7 - bit % 8) & 1 == 1 { product = xor(product, factor) }
            let last = factor[15] & 1
            for place in (1..<16).reversed() {
                factor[place] = factor[place] >> 1 | factor[place - 1] << 7
            }
            factor[0] = factor[0] >> 1 ^ (last == 1 ? 0xE1 : 0)
        }
        return product
    }

    private func hash(_ bytes: [UInt8], _ subkey: Block) -> Block {
        blocks(bytes).reduce(Self.zero) { multiplied(xor($0, $1), subkey) }
    }

    func openGCM(_ test: SealedCase) throws -> [UInt8]? {
        guard !test.nonce.isEmpty else { return nil }
        let subkey = try encrypt(Self.zero)
        let first =
            test.nonce.count == 12
            ? test.nonce + [0, 0, 0, 1]
            : hash(padded(test.nonce) + big(0, 8) + big(test.nonce.count * 8, 8), subkey)
        let lengths = big(test.data.count * 8, 8) + big(test.text.count * 8, 8)
        let sum = hash(padded(test.data) + padded(test.text) + lengths, subkey)
        guard xor(try encrypt(first), sum) == test.tag else { return nil }
        let stream = try counted(
            [UInt8](repeating: 0, count: 16) + test.text, first: first, width: 4)
        return Array(stream.dropFirst(16))
    }

    // NIST SP 800-38C.

    func openCCM(_ test: SealedCase, tagBits: Int) throws -> [UInt8]? {
        let tagBytes = tagBits / 8
        guard (7...13).contains(test.nonce.count), [4, 6, 8, 10, 12, 14, 16].contains(tagBytes),
            test.tag.count == tagBytes
        else { return nil }
        let width = 15 - test.nonce.count
        let counter = [UInt8(width - 1)] + test.nonce + [UInt8](repeating: 0, count: width)
        let stream = try counted(
            [UInt8](repeating: 0, count: 16) + test.text, first: counter, width: width)
        let text = Array(stream.dropFirst(16))
        let flags = UInt8((test.data.isEmpty ? 0 : 64) + (tagBytes - 2) / 2 * 8 + width - 1)
        var bytes = [flags] + test.nonce + big(text.count, width)
        if !test.data.isEmpty { bytes += padded(big(test.data.count, 2) + test.data) }
        bytes += padded(text)
        let code = try blocks(bytes).reduce(Self.zero) { try encrypt(xor($0, $1)) }
        let expected = Array(xor(code, Array(stream.prefix(16))).prefix(tagBytes))
        return expected == test.tag ? text : nil
    }
}
