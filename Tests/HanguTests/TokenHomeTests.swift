import Foundation
import GRDB
import TestSupport
import Testing

/// A home whose root key stays in a PKCS#11 token: SoftHSM2 with a folder of tokens of the test's own.
@Suite("Homes with a token")
struct TokenHomeTests {
    private static let pin = "correct-pin-7"

    /// A folder with a token `county` and its PIN in a file.
    private struct Token {
        let folder: TemporaryFolder
        let module: String
        var environment: [String: String] { ["SOFTHSM2_CONF": folder.path("softhsm2.conf")] }

        init(module: String) throws {
            self.module = module
            folder = try TemporaryFolder()
            try FileManager.default.createDirectory(
                at: folder.url("tokens"), withIntermediateDirectories: true)
            try Data("directories.tokendir = \(folder.path("tokens"))\nlog.level = ERROR\n".utf8)
                .write(to: folder.url("softhsm2.conf"))
            _ = try secret("pin", TokenHomeTests.pin)
            let tool = try RunningProgram(
                URL(fileURLWithPath: "/usr/bin/softhsm2-util"),
                [
                    "--init-token", "--free", "--label", "county", "--pin", TokenHomeTests.pin,
                    "--so-pin", "officer-pin-7",
                ], environment: environment)
            #expect(tool.hasEnded(within: 60))
            try #require(try tool.result().status == 0)
        }

        func secret(_ name: String, _ text: String) throws -> String {
            let path = folder.path(name)
            try Data((text + "\n").utf8).write(to: URL(fileURLWithPath: path))
            try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: path)
            return path
        }

        func home(_ arguments: [String] = []) throws -> TestHome {
            var environment = environment
            environment["HANGU_SECRET_FILE"] = folder.path("pin")
            return try TestHome(
                SmallDelivery(), arguments: ["--root-key"] + pkcs11 + arguments,
                environment: environment)
        }

        var pkcs11: [String] {
            ["pkcs11", "--pkcs11-module", module, "--pkcs11-token", "county"]
        }

        /// Takes the token out, or puts it back.
        func move(_ from: String, _ to: String) throws {
            try FileManager.default.moveItem(at: folder.url(from), to: folder.url(to))
        }
    }

    private func token() throws -> Token? {
        try SoftHSM.module().map(Token.init)
    }

    /// Reads CKA_VALUE and the attributes of every secret key with nothing of ours; prints one line for each.
    private static let probe = """
        import ctypes, sys
        U = ctypes.c_ulong
        class A(ctypes.Structure):
            _fields_ = [("t", U), ("v", ctypes.c_void_p), ("n", U)]
        p = ctypes.CDLL(sys.argv[1])
        def check(code):
            if code: sys.exit("code %#x" % code)
        check(p.C_Initialize(None))
        slots, n = (U * 16)(), U(16)
        check(p.C_GetSlotList(ctypes.c_ubyte(1), slots, ctypes.byref(n)))
        for slot in slots[:n.value]:
            s = U()
            check(p.C_OpenSession(U(slot), U(4), None, None, ctypes.byref(s)))
            pin = open(sys.argv[2]).read().strip().encode()
            if p.C_Login(s, U(1), pin, U(len(pin))): continue
            kind = U(4)
            want = A(0, ctypes.cast(ctypes.byref(kind), ctypes.c_void_p), ctypes.sizeof(kind))
            check(p.C_FindObjectsInit(s, ctypes.byref(want), U(1)))
            found, m = (U * 16)(), U()
            check(p.C_FindObjects(s, found, U(16), ctypes.byref(m)))
            check(p.C_FindObjectsFinal(s))
            for key in found[:m.value]:
                room = ctypes.create_string_buffer(64)
                value = A(0x11, ctypes.cast(room, ctypes.c_void_p), 64)
                code = p.C_GetAttributeValue(s, U(key), ctypes.byref(value), U(1))
                flags = []
                for t in (0x103, 0x162, 0x164, 0x165):
                    b = ctypes.c_ubyte(9)
                    a = A(t, ctypes.cast(ctypes.byref(b), ctypes.c_void_p), 1)
                    check(p.C_GetAttributeValue(s, U(key), ctypes.byref(a), U(1)))
                    flags.append(b.value)
                print("%#x" % code, any(room.raw), *flags)
        """

    @Test("A home with its root key in a token works, and the key cannot be read out of it")
    func works() throws {
        guard let token = try token() else { return }
        let home = try token.home()
        #expect(try home.pull().total(\.stored) > 0)
        #expect(try home.disclose() == 0)
        let names = try home.files().keys.filter { $0.hasPrefix("keys/root") }
        #expect(names == ["keys/root-1.yaml"])
        let status = try home.check(["keys", "status"]).outputText
        #expect(status.contains("root key: a token, pkcs11/1, version 1 (keys/root-1.yaml)"))
        let next = ["--pkcs11-key", "second"]
        let rotated = try home.run(
            ["keys", "rotate", "root", "--to"] + token.pkcs11 + next
                + ["--new-secret-file", token.folder.path("pin")])
        #expect(rotated.status == 0, "\(rotated.allText)")
        #expect(try home.disclose() == 0)
        #expect(try home.verifyLog().sound)
        // Two keys in the token by now. Asked by another program, it gives out neither.
        let probe = try RunningProgram(
            URL(fileURLWithPath: "/usr/bin/env"),
            ["python3", "-c", Self.probe, token.module, token.folder.path("pin")],
            environment: token.environment)
        #expect(probe.hasEnded(within: 60))
        let shown = try probe.result()
        let sensitive = "0x11 False 1 0 1 1"
        #expect(shown.lines == [sensitive, sensitive], "\(shown.allText)")
        // Each class key under its own root key: to a file and back.
        let file = try home.run(["keys", "rotate", "root", "--to", "file"])
        #expect(file.status == 0, "\(file.allText)")
        try token.move("tokens", "gone")
        #expect(try home.disclose() == 0, "the token is not asked any more")
        #expect(try home.pull().total(\.unchanged) == 0)
    }

    /// Every wrapped key, and what wraps it.
    private func ring(of home: TestHome) throws -> [Row] {
        try DatabaseQueue(path: home.path + "/keys/keys.db").read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT kind, name, version, root_id, root_version, wrapped FROM ring_key")
        }
    }

    @Test("Wrong PIN, token out, key gone and another module stop every command and leave no trace")
    func refusals() throws {
        guard let token = try token() else { return }
        let home = try token.home()
        _ = try home.pull()
        let before = try home.files()
        let keysBefore = try ring(of: home)
        let note = home.path + "/keys/root-1.yaml"
        let text = try String(contentsOfFile: note, encoding: .utf8)
        func rewrite(_ text: String) throws {
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: note)
            try Data(text.utf8).write(to: URL(fileURLWithPath: note))
        }
        func expect(
            _ status: Int32, _ words: String, _ environment: [String: String] = [:],
            sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            for command in [["pull"], ["keys", "rotate", "root", "--to", "file"]] {
                let result = try home.run(command, environment: environment)
                #expect(
                    result.status == status && result.errorText.contains(words)
                        && (words.contains("changed by") || result.errorText.contains("hint: ")),
                    "\(result.allText)",
                    sourceLocation: sourceLocation)
                #expect(!result.allText.contains(Self.pin), sourceLocation: sourceLocation)
            }
        }
        let wrong = try token.secret("wrong", "wrong-pin-99")
        try expect(2, "does not take the PIN", ["HANGU_SECRET_FILE": wrong])
        // The folder of one token is that token.
        let names = try FileManager.default.contentsOfDirectory(
            atPath: token.folder.path("tokens"))
        let name = try #require(names.first)
        try token.move("tokens/\(name)", "out")
        try expect(4, "no token 'county' is plugged in")
        try token.move("out", "tokens/\(name)")
        try rewrite(text.replacing("key: \"hangu-root\"", with: "key: \"other\""))
        try expect(2, "no key 'other'")
        try rewrite(text.replacing("key-id: \"", with: "key-id: \"00"))
        try expect(2, "no key 'hangu-root' of this home")
        try rewrite(text.replacing(token.module, with: "/etc/hostname"))
        try expect(2, "PKCS#11 module")
        try rewrite(text.replacing("kind: pkcs11", with: "kind: file"))
        try expect(2, "keys/root-1.yaml:2:7")
        try rewrite(text)
        try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: note)
        try expect(2, "may be changed by others")
        try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: note)
        #expect(try home.files()["data/hangu.db"] == before["data/hangu.db"])
        #expect(try ring(of: home) == keysBefore)
        #expect(try home.disclose() == 0)
    }

    @Test("A home that cannot be made leaves no key in the token")
    func failedInit() throws {
        guard let token = try token() else { return }
        let folder = try TemporaryFolder()
        func make(_ arguments: [String]) throws -> CommandResult {
            try HanguProgram.run(
                ["init", folder.path(UUID().uuidString), "--root-key"] + token.pkcs11
                    + ["--secret-file", token.folder.path("pin")] + arguments,
                environment: token.environment)
        }
        let wrong = try make(["--pkcs11-key", "a", "--secret-file", token.secret("no", "no-no-no")])
        #expect(wrong.status == 2, "\(wrong.allText)")
        let unfit = try HanguProgram.run([
            "init", folder.path("other"), "--root-key", "pkcs11", "--pkcs11-token", "county",
        ])
        #expect(unfit.status == 64)
        // The key is made in the token by then, and cannot wrap what this home would need.
        let national = try make(["--suite", "sm"])
        #expect(national.status == 2, "\(national.allText)")
        #expect(national.errorText.contains("AES-256-GCM"), "\(national.allText)")
        let probe = try RunningProgram(
            URL(fileURLWithPath: "/usr/bin/env"),
            ["python3", "-c", Self.probe, token.module, token.folder.path("pin")],
            environment: token.environment)
        #expect(probe.hasEnded(within: 60))
        #expect(try probe.result().lines.isEmpty, "no key was left")
    }
}
