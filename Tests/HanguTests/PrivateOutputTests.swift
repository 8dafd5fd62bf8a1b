import Foundation
import Testing

@Suite("What a command writes for one person")
struct PrivateOutputTests {
    private static let shred = [
        "keys", "shred", "--officer", "li", "--reason", "2026-17", "--resident", "-",
    ]

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test("A certificate of forgetting is for its owner alone and replaces no file")
    func certificate() throws {
        let home = try TestHome(try SmallDelivery())
        _ = try home.check(["pull"])
        let taken = home.folder.url("taken.txt")
        try Data("mine".utf8).write(to: taken)
        let refused = try home.run(
            Self.shred + ["--certificate", taken.path], input: SmallDelivery.numbers[1] + "\n")
        #expect(refused.status == 2 && refused.allText.contains("is there already"))
        #expect(try String(contentsOf: taken, encoding: .utf8) == "mine")
        let nowhere = try home.run(
            Self.shred + ["--certificate", home.folder.path("none/c.txt")],
            input: SmallDelivery.numbers[1] + "\n")
        #expect(nowhere.status == 2 && nowhere.allText.contains("cannot be written to"))
        // Neither refusal has forgotten anybody.
        let path = home.folder.path("certificate.txt")
        _ = try home.check(
            Self.shred + ["--certificate", path], input: SmallDelivery.numbers[1] + "\n")
        #expect(try mode(path) == 0o400)
    }

    @Test("A resident's package is for its owner alone, and follows no link that waits for it")
    func package() throws {
        let home = try TestHome(try SmallDelivery())
        _ = try home.check(["pull"])
        let folder = home.folder.path("mine")
        let accesses = ["resident", "accesses", "--resident", "-", "--proofs", folder]
        _ = try home.check(accesses, input: SmallDelivery.numbers[0] + "\n")
        #expect(try mode(folder) == 0o700)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(!names.isEmpty)
        for name in names { #expect(try mode(folder + "/" + name) == 0o600, "\(name)") }

        let elsewhere = home.folder.path("elsewhere")
        try FileManager.default.createSymbolicLink(
            atPath: folder + "/accesses.json.new", withDestinationPath: elsewhere)
        _ = try home.check(accesses, input: SmallDelivery.numbers[0] + "\n")
        #expect(!FileManager.default.fileExists(atPath: elsewhere))
    }

    @Test("A bundle of evidence is for its owner alone")
    func evidence() throws {
        let home = try TestHome(try SmallDelivery())
        _ = try home.check(["pull"])
        let path = home.folder.path("case.zip")
        _ = try home.check([
            "audit", "evidence", "--output", path, "--entry", "0", "--officer", "li", "--reason",
            "inspection",
        ])
        #expect(try mode(path) == 0o400)
    }

    @Test("A token that is not there is asked for by its own name")
    func token() throws {
        let home = try TestHome(try SmallDelivery())
        let result = try home.run(
            [
                "resident", "take-over", "--department", "health", "--officer", "li", "--token",
                home.folder.path("none"),
            ])
        #expect(result.status == 2)
        #expect(result.allText.contains("--token") && !result.allText.contains("citizen number"))
    }
}
