import FieldCrypto
package import ResidentModel

/// What a look at every sealed value of a home found.
package struct KeyScanReport: Hashable, Sendable {
    /// Values that open, by field class and version.
    package var opened: [String: [UInt16: Int]] = [:]
    /// Values of forgotten residents, which no key opens, by field class.
    package var gone: [String: Int] = [:]
    /// Residents whose keys were destroyed, as the key store says.
    package var forgottenCount = 0
    /// What does not open though it should, and what opens or is still there though it should not; at most 100.
    package var faults: [String] = []
    /// Truncated indexes whose bits do not fit how many different values there are.
    package var misfits: [IndexMisfit] = []
    /// Hashes of the different terms of each field with a truncated index.
    var terms: [FieldID: Set<Int>] = [:]

    package var openedCount: Int { opened.values.flatMap(\.values).reduce(0, +) }
    package var goneCount: Int { gone.values.reduce(0, +) }
    package var isSound: Bool { faults.isEmpty }
}

/// A truncated index that tells too much or too little.
package struct IndexMisfit: Hashable, Sendable {
    package let field: FieldID
    package let bits: Int
    /// How many different values, years or bands there are.
    package let valueCount: Int
    /// Whether it has more bits than are safe; else fewer than are of use.
    package let tellsTooMuch: Bool

    /// Nil where sqrt(X) < 2^bits < X / 2, for X different values, or where there are too few to say.
    init?(field: FieldID, bits: Int, valueCount: Int) {
        guard valueCount >= 16 else { return nil }
        let hashes = bits < 62 ? 1 << bits : Int.max
        let isTooFew = hashes < valueCount && hashes * hashes <= valueCount
        let isTooMany = hashes >= valueCount / 2
        guard isTooFew || isTooMany else { return nil }
        self.field = field
        self.bits = bits
        self.valueCount = valueCount
        tellsTooMuch = isTooMany
    }
}

/// Opens every sealed value of a home, and tries every key that is left on those of forgotten residents.
package struct KeyScan: Sendable {
    private let parts: GatewayParts
    private static let faultsMax = 100
    private static let batchMax = 4_096

    package init(_ parts: GatewayParts) { self.parts = parts }

    /// Looks at everything once.
    ///
    /// - Parameter progress: Called after each batch with how many values were looked at.
    /// - Returns: What was found.
    /// - Throws: ``GatewayError`` where the stores cannot be read; what does not open is in the report.
    package func run(progress: (Int) -> Void = { _ in }) throws(GatewayError) -> KeyScanReport {
        var report = KeyScanReport()
        var looked = 0
        for column in SealedColumn.allCases {
            var filter = SealedFilter(column: column, limit: Self.batchMax)
            while report.faults.count < Self.faultsMax {
                guard let last = try look(filter, &report, &looked) else { break }
                filter.after = last
                progress(looked)
            }
        }
        try checkRemains(&report)
        for (field, terms) in report.terms.sorted(by: { $0.key < $1.key }) {
            guard let bits = parts.catalogue.field(field)?.index?.bits else { continue }
            if let misfit = IndexMisfit(field: field, bits: bits, valueCount: terms.count) {
                report.misfits.append(misfit)
            }
        }
        return report
    }

    /// Looks at one batch; gives its last place, or nil where there is none.
    private func look(
        _ filter: SealedFilter, _ report: inout KeyScanReport, _ looked: inout Int
    ) throws(GatewayError) -> SealedPlace? {
        let registry = SealedRegistry(catalogue: parts.catalogue, tenant: parts.tenant)
        let batch = try parts.store.read { reader throws(GatewayError) in
            try registry.read(filter, from: reader)
        }
        var opened = try inCrypto { () throws(FieldCryptoError) in
            try parts.keyring.openEach(batch.values)
        }
        defer { opened.wipe() }
        for (index, address) in batch.values.addresses.enumerated() {
            let (column, envelope) = (address.column, batch.values.envelopes[index])
            switch opened.failure(index) {
            case nil:
                try inCrypto { () throws(FieldCryptoError) in
                    if filter.column == .fieldValue {
                        countTerm(of: try opened.value(index), FieldID(column.field), &report)
                    }
                    let version = try Envelope(header: envelope).classVersion
                    report.opened[column.fieldClass, default: [:]][version, default: 0] += 1
                }
            case .residentKeyDestroyed:
                report.gone[column.fieldClass, default: 0] += 1
                let opens = try inCrypto { () throws(FieldCryptoError) in
                    try parts.keyring.opensWithAnyKeyLeft(envelope, at: address)
                }
                if opens { note("a value of a forgotten resident opens", filter.column, &report) }
            case .some(let error): note("\(error)", filter.column, &report)
            }
        }
        looked += opened.count
        return batch.lastPlace
    }

    private func countTerm(
        of bytes: ArraySlice<UInt8>, _ field: FieldID, _ report: inout KeyScanReport
    ) {
        guard let index = parts.catalogue.field(field)?.index, index.bits < 64,
            let term = index.term(of: String(decoding: bytes, as: UTF8.self))
        else { return }
        report.terms[field, default: []].insert(term.hashValue)
    }

    private func note(_ fault: String, _ column: SealedColumn, _ report: inout KeyScanReport) {
        if report.faults.count < Self.faultsMax {
            report.faults.append("\(column.rawValue): \(fault)")
        }
    }

    /// Nothing of a forgotten resident stands in an index, and no key of theirs is kept.
    private func checkRemains(_ report: inout KeyScanReport) throws(GatewayError) {
        let shredded = try inCrypto { () throws(FieldCryptoError) in
            try parts.keyring.shreddedResidents()
        }
        report.forgottenCount = shredded.count
        let kept = try inCrypto { () throws(FieldCryptoError) in
            try parts.keyring.keysKept(of: shredded)
        }
        if kept > 0 { report.faults.append("keys.db: \(kept) keys of forgotten residents") }
        let remains = try parts.store.read { reader throws(GatewayError) in
            var remains = 0
            for id in shredded {
                guard let id = ResidentID(bytes: id.bytes), let row = try reader.resident(id)
                else { continue }
                remains += try reader.remains(of: row)
            }
            return remains
        }
        if remains > 0 {
            report.faults.append("hangu.db: \(remains) rows still name forgotten residents")
        }
    }
}
