import FieldCrypto
import Foundation
import Gateway
import Glibc

/// Where a passphrase or PIN comes from: a file, a descriptor or the terminal; never an argument or a variable.
///
/// Its first line counts, without the end of the line.
struct SecretInput: Sendable {
    /// The longest passphrase or PIN, in bytes.
    static let byteCountMax = 1_024
    /// What Ctrl-C types.
    private static let interrupt: UInt8 = 3
    static let noTerminal =
        "the root key needs a passphrase or PIN, and there is no terminal to ask at"

    var file: String?
    var descriptor: Int32?
    var language = Language.english

    /// Reads the secret, at most once a call.
    ///
    /// - Parameters:
    ///   - prompt: What a terminal shows.
    ///   - isNew: Whether a terminal asks twice, since nothing can tell whether it was mistyped.
    /// - Returns: The first line.
    /// - Throws: ``GatewayError/request(_:)`` where there is none, or it is empty or too long.
    func read(prompt: Message, isNew: Bool = false) throws(GatewayError) -> SecretBytes {
        if let file { return try read(file: file) }
        if let descriptor { return try line(from: descriptor) }
        let first = try ask(prompt)
        if isNew {
            guard try ask(Messages.secretAgain) == first else {
                throw .request(.unreadable("the two are not the same; nothing was changed"))
            }
        }
        return first
    }

    private func read(file: String) throws(GatewayError) -> SecretBytes {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .request(.unreadable("the file of the passphrase or PIN cannot be opened"))
        }
        defer { Glibc.close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0,
            status.st_mode & S_IFMT != S_IFREG || status.st_mode & 0o077 == 0
        else {
            throw .request(
                .unreadable(
                    "the file of the passphrase or PIN may be read by others; run chmod 400 on it"))
        }
        return try line(from: descriptor)
    }

    /// Asks at the terminal, which shows nothing of what is typed.
    private func ask(_ prompt: Message) throws(GatewayError) -> SecretBytes {
        let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC)
        guard terminal >= 0 else {
            throw .request(.unreadable(Self.noTerminal))
        }
        defer { Glibc.close(terminal) }
        var shown = termios()
        guard tcgetattr(terminal, &shown) == 0 else {
            throw .request(.unreadable("the terminal cannot be asked"))
        }
        var hidden = shown
        // Without signals, so that an interrupt cannot leave the terminal hiding what is typed.
        hidden.c_lflag &= ~tcflag_t(ECHO | ISIG)
        hidden.c_lflag |= tcflag_t(ECHONL | ICANON)
        // Ctrl-C ends the line by itself: without that it would wait for the return key.
        withUnsafeMutableBytes(of: &hidden.c_cc) { $0[Int(VEOL)] = Self.interrupt }
        guard tcsetattr(terminal, TCSAFLUSH, &hidden) == 0 else {
            throw .request(.unreadable("the terminal cannot be kept from showing what is typed"))
        }
        defer { tcsetattr(terminal, TCSAFLUSH, &shown) }
        writeAll(prompt.text(in: language) + " ", to: terminal)
        let typed = try line(from: terminal, endingWith: Self.interrupt)
        let isInterrupted = typed.withUnsafeBytes { $0.contains(Self.interrupt) }
        if isInterrupted { throw .stopped }
        return typed
    }

    /// Reads byte by byte, so that what follows the line stays for the next reader.
    private func line(
        from descriptor: Int32, endingWith end: UInt8? = nil
    ) throws(GatewayError) -> SecretBytes {
        var count = 0
        var isWhole = false
        let room = SecretBytes(count: Self.byteCountMax + 1) { room in
            while count < room.count {
                let got = Glibc.read(descriptor, room.baseAddress.map { $0 + count }, 1)
                if got < 0, errno == EINTR { continue }
                guard got == 1 else {
                    isWhole = got == 0
                    return
                }
                if room[count] == UInt8(ascii: "\n") {
                    isWhole = true
                    return
                }
                count += 1
                if room[count - 1] == end {
                    isWhole = true
                    return
                }
            }
        }
        guard isWhole else {
            throw .request(.unreadable("the passphrase or PIN cannot be read, or is too long"))
        }
        let endsInReturn = room.withUnsafeBytes { count > 0 && $0[count - 1] == 13 }
        if endsInReturn { count -= 1 }
        guard count > 0 else { throw .request(.empty("the passphrase or PIN")) }
        return room.prefix(count)
    }
}
