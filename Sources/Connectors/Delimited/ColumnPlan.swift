import ResidentModel

/// Which cell of a record goes where, made from the header once.
struct ColumnPlan {
    /// The header's names, in the order of the cells.
    let names: [String]
    /// For each column asked for, its cell; nil where an optional column is absent.
    let taken: [Int?]
    /// The cells of which only the presence is counted.
    let neverIngested: [Int]
    let notTaken: [String]

    /// - Throws: ``SourceError`` where a required column is absent, or one that matters stands twice.
    init(
        header names: [String], request: StreamRequest, container: String
    ) throws(SourceError) {
        self.names = names
        func cell(_ name: String) throws(SourceError) -> Int? {
            guard let first = names.firstIndex(of: name) else { return nil }
            guard names.lastIndex(of: name) == first else {
                throw .unsupported(
                    container: container, what: "a header with the column '\(name)' twice",
                    expected: "each column once")
            }
            return first
        }
        var taken: [Int?] = []
        for column in request.columns {
            let found = try cell(column.name)
            guard found != nil || column.isOptional else {
                throw .missingColumn(column.name, container: container)
            }
            taken.append(found)
        }
        var neverIngested: [Int] = []
        for name in request.neverIngest {
            if let found = try cell(name) { neverIngested.append(found) }
        }
        self.taken = taken
        self.neverIngested = neverIngested
        let asked = Set(request.columns.map(\.name)).union(request.neverIngest)
        notTaken = names.filter { !asked.contains($0) }
    }

    /// The name of a cell's column; nil for a cell beyond the header.
    func name(ofCell cell: Int) -> String? { names.indices.contains(cell) ? names[cell] : nil }
}
