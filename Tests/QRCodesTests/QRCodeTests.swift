import FieldCrypto
import Foundation
import QRCodes
import TestSupport
import Testing

struct QRCodeTests {
    private static let scale = 4

    /// A grey picture of the symbol, as the PGM format has it.
    private func picture(of code: QRCode) -> Data {
        let side = (code.width + 2 * QRCode.quietZone) * Self.scale
        var bytes = Array("P5 \(side) \(side) 255\n".utf8)
        for y in 0..<side {
            for x in 0..<side {
                let row = y / Self.scale - QRCode.quietZone
                let column = x / Self.scale - QRCode.quietZone
                let isInside = (0..<code.width).contains(row) && (0..<code.width).contains(column)
                let isDark = isInside && code.isDark(row: row, column: column)
                bytes.append(isDark ? 0 : 255)
            }
        }
        return Data(bytes)
    }

    private func text(length: Int, _ random: SeededRandom) throws -> String {
        let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ:")
        return String(try random.bytes(length).map { alphabet[Int($0) % alphabet.count] })
    }

    @Test("A reader that is not ours reads every version of symbol back, to the last character")
    func readBack() throws {
        let reader = "/usr/bin/zbarimg"
        guard FileManager.default.isExecutableFile(atPath: reader) else {
            print("SKIPPED: zbar-tools is absent; Scripts/setup test installs it")
            #expect(ProcessInfo.processInfo.environment["CI"] != "true")
            return
        }
        let folder = try TemporaryFolder()
        let random = SeededRandom(seed: 18_004)
        var versions: Set<Int> = []
        var wanted: [String] = []
        for length in [1, 20, 40, 60, 90, 120, 150, 180, 220, 280, 340, 400] {
            let text = try text(length: length, random)
            let code = try #require(QRCode(text))
            versions.insert(code.version)
            wanted.append(text)
            try picture(of: code).write(to: folder.file("\(wanted.count + 100).pgm"))
        }
        let files = wanted.indices.map { folder.file("\($0 + 101).pgm").path }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: reader)
        process.arguments = ["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable"] + files
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
        #expect(lines == wanted)
        print("QR codes read back by zbar: \(lines.count), of versions \(versions.sorted())")
        #expect(versions.count >= 8)
    }

    @Test("The drawing has a square for every dark one and nothing to be loaded")
    func drawing() throws {
        let code = try #require(QRCode("HANGU:1:ABCDEFGH"))
        let svg = code.svg(label: "receipt")
        var squares = 0
        for run in svg.split(separator: "h").dropFirst() {
            if let width = Int(run.prefix(while: \.isNumber)) { squares += width }
        }
        var dark = 0
        for row in 0..<code.width {
            for column in 0..<code.width where code.isDark(row: row, column: column) { dark += 1 }
        }
        // The first run is the white ground.
        #expect(squares - (code.width + 2 * QRCode.quietZone) == dark)
        #expect(!svg.contains("href") && !svg.contains("url("))
    }

    @Test("What no symbol can hold is refused")
    func limits() {
        #expect(QRCode("") == nil)
        #expect(QRCode("a\0b") == nil)
        #expect(QRCode(String(repeating: "a", count: QRCode.textBytesMax))?.version == 40)
        #expect(QRCode(String(repeating: "a", count: QRCode.textBytesMax + 1)) == nil)
    }
}
