package import StrictYAML

/// How one department's delivery becomes fields of the catalogue: a file of `Policies/catalogue/sources`.
package struct SourceMapping: Sendable {
    package let id: String
    package let department: String
    package let connector: ConnectorKind
    package let title: Title
    /// In the order of the file, which is the order of pulling: a stream stands after those it refers to.
    package let streams: [StreamMapping]
}

/// The form in which a department delivers.
package enum ConnectorKind: String, Hashable, Sendable, CaseIterable {
    /// CSV files, UTF-8 or GB18030, plain or gzip.
    case csv
    /// Tables of a SQLite database, or of an SQL dump of one.
    case sqlite
    /// FHIR R4 resources, one a line, plain or gzip.
    case fhirNDJSON = "fhir-ndjson"
}

/// One file, table or resource type of a delivery.
package struct StreamMapping: Sendable {
    package let name: String
    package let location: String
    package let encoding: TextEncoding
    /// The columns that name a record within the stream.
    package let key: [String]
    /// The column that tells as of when the record speaks; nil where the day of the pull stands in.
    package let observedAt: String?
    package let subject: StreamSubject
    /// Texts that stand for "nothing is known", beside the empty one.
    package let blanks: Set<String>
    /// Columns of never-ingest classes.
    package let neverIngest: [String]
    package let optionalColumns: Set<String>
    package let changeColumn: String?
    package let fields: [FieldMapping]
}

/// How a text file's bytes are read.
package enum TextEncoding: String, Hashable, Sendable, CaseIterable {
    case utf8 = "utf-8"
    case gb18030
}

/// Whom the records of a stream describe.
package enum StreamSubject: Hashable, Sendable {
    /// A resident by their own identity; the record is linked.
    case resident
    /// The resident of another stream's record, which one column names.
    case record(ofStream: String, column: String, prefix: String)
}

/// Where one field's value comes from.
package struct FieldMapping: Sendable {
    package let field: FieldID
    package let origin: Origin
    /// The value is taken only where this column has one of these texts.
    package let condition: Condition?
    /// For flags: which texts mean true and false.
    package let flagTexts: FlagTexts?

    package enum Origin: Hashable, Sendable {
        case column(String)
        /// Always this text, where the condition holds.
        case constant(String)
    }

    package struct Condition: Hashable, Sendable {
        package let column: String
        package let texts: Set<String>
    }

    package struct FlagTexts: Hashable, Sendable {
        package let yes: Set<String>
        package let no: Set<String>
    }
}

extension SourceMapping {
    /// Reads one mapping file and checks it against the catalogue.
    ///
    /// - Throws: ``YAMLError`` at the first fault.
    package init(_ root: YAMLNode, catalogue: Catalogue) throws(YAMLError) {
        var fields = try YAMLFields(root)
        try checkFormat(&fields, name: "source", version: 1)
        let idNode = try fields.required("source")
        id = try idNode.text()
        guard isName(id, separators: [UInt8(ascii: "-")], lengthMax: 48) else {
            throw YAMLError("'\(id)' is no source name", at: idNode.position)
        }
        let departmentNode = try fields.required("department")
        department = try departmentNode.text()
        guard catalogue.departments[department] != nil else {
            throw YAMLError(
                "'\(department)' is not a department of the catalogue", at: departmentNode.position)
        }
        connector = try fields.required("connector").word(of: ConnectorKind.self)
        title = try Title(fields.required("title"))
        var streams: [StreamMapping] = []
        for entry in try fields.required("streams").entries() {
            streams.append(
                try StreamMapping(entry, catalogue: catalogue, earlier: streams.map(\.name)))
        }
        self.streams = streams
        try fields.finish()
    }
}

extension StreamMapping {
    fileprivate init(
        _ entry: YAMLEntry, catalogue: Catalogue, earlier: [String]
    ) throws(YAMLError) {
        name = entry.key
        var keys = try YAMLFields(entry.value)
        location = try keys.required("location").text()
        encoding = try keys.optional("encoding")?.word(of: TextEncoding.self) ?? .utf8
        let keyNode = try keys.required("key")
        key = try keyNode.texts()
        guard !key.isEmpty else {
            throw YAMLError("a stream needs at least one key column", at: keyNode.position)
        }
        observedAt = try keys.optional("observed-at")?.text()
        subject = try Self.subject(keys.optional("subject"), earlier: earlier)
        blanks = Set(try keys.texts("blanks"))
        neverIngest = try Self.neverIngest(keys.optional("never-ingest"), catalogue: catalogue)
        optionalColumns = Set(try keys.texts("optional-columns"))
        changeColumn = try keys.optional("change-column")?.text()
        var mappings: [FieldMapping] = []
        for entry in try keys.required("fields").entries() {
            for node in try Self.alternatives(entry.value) {
                mappings.append(try FieldMapping(entry, node, catalogue: catalogue))
            }
        }
        fields = mappings
        try keys.finish()
    }

    /// A field may have several origins, each taken where its condition holds.
    private static func alternatives(_ node: YAMLNode) throws(YAMLError) -> [YAMLNode] {
        if case .sequence(let nodes) = node.content { return nodes }
        return [node]
    }

    private static func subject(
        _ node: YAMLNode?, earlier: [String]
    ) throws(YAMLError) -> StreamSubject {
        guard let node else { return .resident }
        var keys = try YAMLFields(node)
        let streamNode = try keys.required("stream")
        let stream = try streamNode.text()
        guard earlier.contains(stream) else {
            throw YAMLError("'\(stream)' is not a stream above this one", at: streamNode.position)
        }
        let subject = StreamSubject.record(
            ofStream: stream, column: try keys.required("column").text(),
            prefix: try keys.optional("prefix")?.text() ?? "")
        try keys.finish()
        return subject
    }

    private static func neverIngest(
        _ node: YAMLNode?, catalogue: Catalogue
    ) throws(YAMLError) -> [String] {
        guard let node else { return [] }
        var columns: [String] = []
        for entry in try node.entries() {
            guard catalogue.neverIngest[entry.key] != nil else {
                throw YAMLError(
                    "'\(entry.key)' is not a never-ingest class of the catalogue",
                    at: entry.keyPosition)
            }
            columns += try entry.value.texts()
        }
        return columns
    }
}

extension FieldMapping {
    fileprivate init(
        _ entry: YAMLEntry, _ node: YAMLNode, catalogue: Catalogue
    ) throws(YAMLError) {
        field = FieldID(entry.key)
        guard let definition = catalogue.field(field) else {
            throw YAMLError("'\(field)' is not a field of the catalogue", at: entry.keyPosition)
        }
        guard node.isMapping else {
            origin = .column(try node.text())
            condition = nil
            flagTexts = nil
            if definition.kind == .flag {
                throw YAMLError("a flag needs its texts for true and false", at: node.position)
            }
            return
        }
        var keys = try YAMLFields(node)
        if let constant = keys.optional("constant") {
            origin = .constant(try constant.text())
        } else {
            origin = .column(try keys.required("column").text())
        }
        condition = try keys.optional("when").map(Self.condition)
        let yes = try keys.optional("true-texts")?.texts()
        let no = try keys.optional("false-texts")?.texts()
        flagTexts = yes.map { FlagTexts(yes: Set($0), no: Set(no ?? [])) }
        if definition.kind == .flag, flagTexts == nil, case .column = origin {
            throw YAMLError("a flag needs 'true-texts' and 'false-texts'", at: node.position)
        }
        try keys.finish()
    }

    private static func condition(_ node: YAMLNode) throws(YAMLError) -> Condition {
        var keys = try YAMLFields(node)
        let condition = Condition(
            column: try keys.required("column").text(),
            texts: Set(try keys.required("is").texts()))
        try keys.finish()
        return condition
    }
}
