import Cedar
import SolverProcess

/// Runs files of conformance data and adds up what came of them.
struct ConformanceRun {
    private var files: [FileTally] = []
    private let secondsPerCaseMax: Double
    /// Schemas in JSON, kept until every case is known, by the file's place in `files`.
    private var schemaForms: [(file: Int, line: JSONValue)] = []
    /// What the schemas in JSON are tried on: policies, schema text and verdict by the case's id.
    private var cases: [String: SchemaCase] = [:]

    /// Whether questions of analysis can be asked.
    private let hasSolver = CVC5Solver().isPresent

    init(secondsPerCaseMax: Double) { self.secondsPerCaseMax = secondsPerCaseMax }

    /// The questions that were not asked since there is no solver.
    var notRun: Int { files.map(\.notRun).reduce(0, +) }

    /// Whether there was something to run and all of it passed.
    var isPassed: Bool {
        files.contains { $0.items > 0 }
            && files.allSatisfy { $0.checks.isPassed && $0.failed.isEmpty }
    }

    mutating func run(_ path: String) throws(CedarFailure) {
        let bytes = try CedarFiles.bytes(path)
        var file = FileTally(path: path)
        if path.hasSuffix(".json") {
            try runVectors(bytes, &file)
        } else {
            for line in bytes.split(separator: UInt8(ascii: "\n")) { runLine(line, &file) }
        }
        guard
            file.items + file.notRun > 0 || schemaForms.contains(where: { $0.file == files.count })
        else { throw .unreadable(path: path, why: "it holds no case and no vector") }
        files.append(file)
    }

    mutating func recordUnreadable(_ path: String, _ why: String) {
        var file = FileTally(path: path)
        file.failed = [path]
        file.failures = [why]
        files.append(file)
    }

    /// Runs what had to wait for other files.
    mutating func finish() {
        for form in schemaForms {
            let id = VectorCheck.text(form.line["id"])
            var check = VectorCheck()
            do {
                let schema = try Schema(json: VectorCheck.json(form.line["schemaJson"]), file: id)
                if let known = cases[id] {
                    check.verdict(try known.agrees(with: schema), "differs from the text form")
                } else {
                    check.verdict(true, "")
                }
            } catch {
                check.verdict(false, "does not load: \(error)")
            }
            files[form.file].add(
                check.tally, id: id, failures: check.failures.map { "\(id): \($0)" })
        }
        schemaForms = []
    }

    private mutating func runLine(_ line: ArraySlice<UInt8>, _ file: inout FileTally) {
        guard line.contains(where: { $0 > 0x20 }) else { return }
        var id = "line \(file.items + 1)"
        do throws(JSONInputError) {
            let json = try JSONReader.read(line, file: file.path)
            if json["schemaJson"] != nil {
                schemaForms.append((files.count, json))
                return
            }
            id = VectorCheck.text(json["id"])
            if let known = SchemaCase(json) { cases[id] = known }
        } catch {
            id = "line \(file.items + 1)"
        }
        var runner = CaseRunner(secondsPerCaseMax: secondsPerCaseMax)
        runner.run(line: line)
        let summary = runner.summary
        var checks = CheckTally()
        checks.requests += summary.requests
        checks.verdicts += summary.verdicts
        // Every tag of one case has the case's own counts.
        let tags = Set(summary.requestsByTag.keys).union(summary.verdictsByTag.keys)
        file.add(checks, tags: Array(tags), id: id, failures: summary.failures)
    }

    private func runVectors(_ bytes: [UInt8], _ file: inout FileTally) throws(CedarFailure) {
        let head: JSONValue
        do throws(JSONInputError) {
            head = try JSONReader.read(bytes, file: file.path, limits: Limits(nestingMax: 1_000))
        } catch {
            throw .invalid(error.description)
        }
        for vector in VectorCheck.array(head["vectors"] ?? head) {
            // Where the solver is absent, nothing can be said of what needs it.
            guard vector["question"] == nil || hasSolver else {
                file.notRun += 1
                continue
            }
            let given = VectorCheck.text(vector["id"])
            let id = given.isEmpty ? "\(file.path)[\(file.items)]" : given
            var check = VectorCheck(secondsMax: secondsPerCaseMax)
            check.run(vector, head)
            file.add(check.tally, id: id, failures: check.failures.map { "\(id): \($0)" })
        }
    }

    /// The summary as one JSON object.
    var json: String {
        var all = CheckTally()
        var tags: [String: CheckTally] = [:]
        for file in files {
            all += file.checks
            for (tag, checks) in file.tags { tags[tag, default: CheckTally()] += checks }
        }
        let notRun = files.filter { $0.notRun > 0 }.map { file in
            JSONValue.object([
                JSONMember("file", .string(file.path)),
                JSONMember("items", .number("\(file.notRun)")),
                JSONMember("why", .string("the solver cvc5 is not installed")),
            ])
        }
        let failed = files.flatMap(\.failed).map(JSONValue.string)
        var members = [
            JSONMember("allPassed", .bool(isPassed)),
            JSONMember("items", .number("\(files.map(\.items).reduce(0, +))")),
        ]
        members += all.members
        members += [
            JSONMember("failed", .array(failed)), JSONMember("notRun", .array(notRun)),
            JSONMember("files", .array(files.map(\.json))),
            JSONMember("tags", FileTally.json(tags)),
        ]
        return JSONWriter.write(.object(members), indented: true)
    }
}

/// A case that a schema in JSON, of the same id, is tried on.
private struct SchemaCase {
    private let policies: String
    private let schema: String
    private let shouldValidate: Bool

    init?(_ json: JSONValue) {
        guard let shouldValidate = VectorCheck.flag(json["shouldValidate"]) else { return nil }
        policies = VectorCheck.text(json["policies"])
        schema = VectorCheck.text(json["schema"])
        self.shouldValidate = shouldValidate
    }

    /// Whether both forms of the schema declare the same names and give the policies the same verdict.
    func agrees(with form: Schema) throws -> Bool {
        let original = try Schema(parsing: schema)
        let set = try PolicySet(parsing: policies, file: "case")
        return form.entityTypeNames == original.entityTypeNames
            && form.actionUIDs == original.actionUIDs
            && Validator(schema: form).validate(set).isValid == shouldValidate
    }
}
