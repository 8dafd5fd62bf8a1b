import Cedar
import Testing

@Suite("Policies as text and as JSON")
struct PolicyFormTests {
    @Test("Every policy in JSON is accepted or refused, and decides, as expected")
    func policyJSON() throws {
        guard let (head, vectors) = try SharedCases.vectors("policy-json") else { return }
        let request = try Request(json: SharedCases.text(of: head["request"]))
        var passed = 0
        for vector in vectors {
            var outcome = "refused"
            do {
                let policy = try Policy(json: SharedCases.text(of: vector["policy"]), id: "p")
                let response = Authorizer().authorize(request, try PolicySet([policy]), .empty)
                outcome = response.errors.isEmpty ? response.decision.rawValue : "error"
                if policy.isTemplate { outcome = "template" }
            } catch {
                outcome = "refused"
            }
            let isAccepted = SharedCases.flag(vector["accepted"]) == true
            let expected = isAccepted ? SharedCases.text(vector["outcome"]) : "refused"
            let isRight =
                outcome == expected || outcome == "template" && isAccepted && expected.isEmpty
            #expect(isRight, "\(outcome): \(JSONWriter.write(vector))")
            if isRight { passed += 1 }
        }
        print("policy-json: \(passed)/\(vectors.count)")
    }

    @Test("Every policy text becomes the expected JSON")
    func textToJSON() throws {
        guard let (_, vectors) = try SharedCases.vectors("policy-text-to-json") else { return }
        var passed = 0
        for vector in vectors {
            let set = try PolicySet(parsing: SharedCases.text(vector["text"]), file: "vector")
            let written = Self.normalised(try JSONReader.read(try set.json().utf8))
            let expected = Self.normalised(try #require(vector["json"]))
            #expect(written == expected, "\(JSONWriter.write(vector))")
            if written == expected { passed += 1 }
        }
        print("policy-text-to-json: \(passed)/\(vectors.count)")
    }

    /// The JSON with sorted keys, patterns one character a literal, and paths of `has` as nested pairs.
    private static func normalised(_ json: JSONValue) -> String {
        switch json {
        case .array(let elements): return "[\(elements.map(normalised).joined(separator: ","))]"
        case .object(let members):
            if members.count == 1, members[0].key == "Literal" {
                return SharedCases.text(members[0].value).unicodeScalars.map { "'\($0)'" }.joined(
                    separator: ",")
            }
            if members.count == 1, members[0].key == "has",
                case .array(let path)? = members[0].value["attr"]
            {
                return normalised(nested(members[0].value["left"] ?? .null, path))
            }
            let sorted = members.sorted { $0.key < $1.key }.map {
                "\($0.key):\(normalised($0.value))"
            }
            return "{\(sorted.joined(separator: ","))}"
        default: return JSONWriter.write(json)
        }
    }

    private static func nested(_ left: JSONValue, _ path: [JSONValue]) -> JSONValue {
        func node(_ key: String, _ owner: JSONValue, _ name: JSONValue) -> JSONValue {
            .object([
                JSONMember(key, .object([JSONMember("left", owner), JSONMember("attr", name)]))
            ])
        }
        var owner = left
        var result: JSONValue?
        for name in path {
            let test = node("has", owner, name)
            result =
                result.map {
                    .object([
                        JSONMember(
                            "&&", .object([JSONMember("left", $0), JSONMember("right", test)]))
                    ])
                } ?? test
            owner = node(".", owner, name)
        }
        return result ?? left
    }

    @Test("Every template is linked or refused as expected, and its links decide as expected")
    func templates() throws {
        guard let (_, vectors) = try SharedCases.vectors("templates") else { return }
        var passed = 0
        for vector in vectors {
            let links = SharedCases.array(vector["links"]).map { json in
                var values: [Slot: EntityUID] = [:]
                for slot in Slot.allCases where json["values"]?[slot.rawValue] != nil {
                    values[slot] = SharedCases.uid(json["values"]?[slot.rawValue])
                }
                return TemplateLink(
                    templateID: PolicyID(SharedCases.text(json["templateId"])),
                    newID: PolicyID(SharedCases.text(json["newId"])), values: values)
            }
            let policies = try PolicyParser.parse(
                SharedCases.text(vector["policies"]), file: "vector")
            var set: PolicySet?
            do {
                set = try PolicySet(policies, links: links)
            } catch {
                set = nil
            }
            var isRight = (set != nil) == SharedCases.flag(vector["accepted"])
            if let set {
                let store = try EntityStore(json: SharedCases.text(of: vector["entities"]))
                for request in SharedCases.array(vector["requests"]) {
                    let response = Authorizer().authorize(
                        try Request(json: JSONWriter.write(request)), set, store)
                    let reasons = SharedCases.array(request["reason"]).map { SharedCases.text($0) }
                    let errors = SharedCases.array(request["errors"]).map { SharedCases.text($0) }
                    isRight =
                        isRight
                        && response.decision.rawValue == SharedCases.text(request["decision"])
                        && Set(response.determining.map(\.text)) == Set(reasons)
                        && Set(response.errors.map(\.policyID.text)) == Set(errors)
                }
            }
            #expect(isRight, "\(JSONWriter.write(vector))")
            if isRight { passed += 1 }
        }
        print("templates: \(passed)/\(vectors.count)")
    }

    @Test(
        "Policies keep their meaning from text to JSON to text",
        arguments: ["corpus-4.10", "handwritten", "generated"])
    func roundTrips(name: String) throws {
        guard let lines = try SharedCases.lines("cases/\(name).jsonl.gz") else { return }
        var count = 0
        for line in lines {
            let json = try JSONReader.read(line)
            let original = try PolicySet(parsing: SharedCases.text(json["policies"]), file: "case")
            let form = try original.json()
            let fromJSON = try PolicySet(json: form)
            let fromText = try PolicySet(parsing: fromJSON.cedarText, file: "case")
            #expect(try fromJSON.json() == form)
            let statics = Self.normalised(try JSONReader.read(try fromText.json().utf8))
            #expect(statics == Self.normalised(try JSONReader.read(form.utf8)))
            count += 1
        }
        print("round trips of \(name): \(count)")
        #expect(count > 0)
    }
}
