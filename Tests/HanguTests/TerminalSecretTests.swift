import Foundation
import TestSupport
import Testing

/// A passphrase asked for at a terminal, which here is one that the test made.
@Suite("Passphrases at a terminal")
struct TerminalSecretTests {
    private struct Session: Decodable {
        let status: Int32
        let shown: String
        /// Whether the terminal hid what was typed while it asked.
        let hid: Bool
        /// Whether its settings were afterwards what they were before.
        let restored: Bool
    }

    /// Runs a program on a terminal of its own, and types once it asks.
    private static let session = """
        import base64, fcntl, json, os, pty, select, sys, termios
        parent, child = pty.openpty()
        before = termios.tcgetattr(child)
        pid = os.fork()
        if pid == 0:
            os.setsid()
            fcntl.ioctl(child, termios.TIOCSCTTY, 0)
            for descriptor in 0, 1, 2: os.dup2(child, descriptor)
            os.execv(sys.argv[2], sys.argv[2:])
        shown, hid, ended, status = b"", None, 0, 0
        while not ended:
            ended, status = os.waitpid(pid, os.WNOHANG)
            while select.select([parent], [], [], 0.05)[0]: shown += os.read(parent, 65536)
            if hid is None and b":" in shown:
                hid = not termios.tcgetattr(child)[3] & termios.ECHO
                os.write(parent, base64.b64decode(sys.argv[1]))
        print(json.dumps(dict(
            status=os.waitstatus_to_exitcode(status), hid=bool(hid),
            restored=termios.tcgetattr(child) == before, shown=shown.decode("utf-8", "replace"))))
        """

    private func type(_ text: String, _ home: TestHome) throws -> Session {
        let run = try RunningProgram(
            URL(fileURLWithPath: "/usr/bin/env"),
            [
                "python3", "-c", Self.session, Data(text.utf8).base64EncodedString(),
                HanguProgram.place().path, "keys", "status", "--home", home.path,
            ])
        guard run.hasEnded(within: 60) else {
            run.kill()
            throw HanguProgram.Hanging(command: "keys status at a terminal")
        }
        return try #require(try run.result().json(Session.self).first)
    }

    @Test("A passphrase typed at a terminal is not shown, and the terminal is left as it was")
    func terminal() throws {
        let home = try TestHome(SmallDelivery())
        let secret = home.folder.path("secret")
        try Data("correct horse battery\n".utf8).write(to: URL(fileURLWithPath: secret))
        try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: secret)
        _ = try home.check([
            "keys", "rotate", "root", "--to", "passphrase", "--new-secret-file", secret,
        ])
        let right = try type("correct horse battery\n", home)
        #expect(right.status == 0 && right.hid && right.restored, "\(right.shown)")
        #expect(right.shown.contains("passphrase/2") && !right.shown.contains("horse"))
        let wrong = try type("correct house battery\n", home)
        #expect(wrong.status == 2 && wrong.hid && wrong.restored, "\(wrong.shown)")
        #expect(wrong.shown.contains("passphrase is not the one"))
        #expect(!wrong.shown.contains("house"))
        // No return key after it: Ctrl-C ends the question by itself.
        let stopped = try type("correct ho\u{3}", home)
        #expect(stopped.status == 4 && stopped.hid && stopped.restored, "\(stopped.shown)")
        #expect(!stopped.shown.contains("correct ho"))
    }
}
