import FieldCrypto
import Linkage
import ResidentModel

/// The state of linking one batch: what the store knows, and what earlier records of the batch have added.
struct LinkPass {
    private let linker: Linker
    private let stream: StreamName
    private let stored: [[UInt8]: StoredRecord]
    private(set) var linked: [LinkedRecord] = []

    /// Who holds a citizen number, by blind-index entry.
    private var owners: [BlindIndexEntry: LinkTarget] = [:]
    /// The names under which a resident is known.
    private var identities: [ResidentID: [LinkIdentity]] = [:]
    /// Residents who are known by a citizen number.
    private var holders: Set<ResidentID> = []
    private var ids: [ResidentNumber: ResidentID] = [:]
    /// The records that this batch has linked, for a record that comes twice.
    private var targetsInBatch: [[UInt8]: LinkTarget] = [:]
    /// The residents of the records that this stream refers to.
    private var referred: [[UInt8]: ResidentNumber] = [:]
    /// Residents whose keys are destroyed; nothing of theirs is taken again.
    private var forgotten: Set<ResidentNumber> = []
    private let digests: RecordDigests

    init(linker: Linker, stream: StreamName, stored: [[UInt8]: StoredRecord]) {
        self.linker = linker
        self.stream = stream
        self.stored = stored
        digests = RecordDigests(keyring: linker.keyring)
    }

    /// Asks the store, in few questions, for everything the batch may need.
    mutating func prepare(
        _ candidates: [Linker.Candidate], store: any StoreReader
    ) throws(GatewayError) {
        var entries: [BlindIndexEntry] = []
        var references: [String: [[UInt8]]] = [:]
        for candidate in candidates {
            switch candidate.record.subject {
            case .resident(let identity):
                if let number = identity.citizenNumber {
                    entries += try self.entries(number.digits, index: Linker.citizenNumberIndex)
                }
            case .record(let name, let key):
                let target = StreamName(source: stream.source, stream: name)
                references[name, default: []].append(try digests.key(key, of: target))
            }
        }
        let earlier = Set(candidates.compactMap { stored[$0.keyDigest]?.resident })
        ids = try store.residentIDs(of: Array(earlier))
        try findForgotten()
        let living = earlier.subtracting(forgotten)
        for number in try opened(.citizenNumber, of: living, store: store) {
            entries += try self.entries(number.text, index: Linker.citizenNumberIndex)
        }
        let found = try store.residents(index: Linker.citizenNumberIndex, entries: entries)
        for (name, keyDigests) in references {
            let target = StreamName(source: stream.source, stream: name)
            let records = try store.records(of: target, keyDigests: keyDigests)
            for (digest, record) in records { referred[digest] = record.resident }
        }
        var numbers = Set(found.values.flatMap { $0 })
        numbers.formUnion(referred.values)
        numbers.formUnion(earlier)
        ids = try store.residentIDs(of: Array(numbers))
        try findForgotten()
        for (entry, residents) in found {
            guard let number = residents.first(where: { !forgotten.contains($0) }),
                let id = ids[number]
            else { continue }
            owners[entry] = .known(number, id)
            holders.insert(id)
        }
        let named = earlier.union(found.values.flatMap { $0 }).subtracting(forgotten)
        try loadNames(of: named, store: store)
    }

    /// Marks those of the residents at hand whose keys are destroyed.
    private mutating func findForgotten() throws(GatewayError) {
        let keys = ids.values.map(\.keyID)
        let keyring = linker.keyring
        let shredded = try inCrypto { () throws(FieldCryptoError) in
            try keyring.shredded(among: keys)
        }
        if shredded.isEmpty { return }
        forgotten.formUnion(ids.filter { shredded.contains($1.keyID) }.keys)
    }

    /// Decides one record.
    ///
    /// - Returns: The refusal of a record that refers to one that is not stored; nil where it was linked.
    mutating func link(_ candidate: Linker.Candidate) throws(GatewayError) -> RefusedRecord? {
        let record = candidate.record
        let known = stored[candidate.keyDigest]
        if let known, forgotten.contains(known.resident) { return isForgotten(record) }
        switch record.subject {
        case .record(let name, let key):
            let target = StreamName(source: stream.source, stream: name)
            guard let number = referred[try digests.key(key, of: target)], let id = ids[number]
            else { return unknownReference(record, name: name) }
            if forgotten.contains(number) { return isForgotten(record) }
            let isReplacement = known != nil || targetsInBatch[candidate.keyDigest] != nil
            try append(candidate, .known(number, id), isReplacement: isReplacement)
        case .resident(let identity):
            let entries = try identity.citizenNumber.map { number throws(GatewayError) in
                try self.entries(number.digits, index: Linker.citizenNumberIndex)
            }
            try link(candidate, identity: identity, entries: entries ?? [])
        }
        return nil
    }

    private mutating func link(
        _ candidate: Linker.Candidate, identity: LinkIdentity, entries: [BlindIndexEntry]
    ) throws(GatewayError) {
        let owner = entries.compactMap { owners[$0] }.first
        var doubts = identity.selfContradictions
        if let owner, doubts.isEmpty {
            doubts = identity.doubts(against: identities[owner.id] ?? [])
        }
        let claims = try householdClaims(of: candidate.record)
        if let earlier = try earlierTarget(of: candidate) {
            try relink(
                candidate, identity: identity, to: earlier, owner: owner,
                isDoubtful: !doubts.isEmpty, entries: entries, claims: claims)
            return
        }
        if let owner, doubts.isEmpty {
            identities[owner.id, default: []].append(identity)
            try append(candidate, owner, isReplacement: false, claims: claims)
            return
        }
        let id = try linker.newID()
        var allClaims = claims
        if doubts.isEmpty {
            for entry in entries {
                allClaims.append((Linker.citizenNumberIndex, entry))
                owners[entry] = .opening(id)
                holders.insert(id)
            }
            identities[id] = [identity]
        }
        try append(
            candidate, .new(id), isReplacement: false, claims: allClaims, doubts: doubts,
            candidateResident: owner)
    }

    /// A later version stays with its resident; where it names somebody else, a person must look.
    ///
    /// A resident who is known by a number gains no second one, and one who is known by name gains none with another
    /// name: else a record that was given another person's content would join the two of them.
    private mutating func relink(
        _ candidate: Linker.Candidate, identity: LinkIdentity, to earlier: LinkTarget,
        owner: LinkTarget?, isDoubtful: Bool, entries: [BlindIndexEntry],
        claims: [(index: String, entry: BlindIndexEntry)]
    ) throws(GatewayError) {
        var claims = claims
        let namesAnother = owner.map { $0.id != earlier.id } ?? false
        let namesNobody = owner == nil && !entries.isEmpty
        let isRenamed = identity.doubts(against: identities[earlier.id] ?? [])
            .contains(.nameDiffers)
        let changesPerson = namesNobody && (holders.contains(earlier.id) || isRenamed)
        if namesNobody, !changesPerson, !isDoubtful {
            for entry in entries {
                claims.append((Linker.citizenNumberIndex, entry))
                owners[entry] = earlier
            }
            holders.insert(earlier.id)
        }
        try append(
            candidate, earlier, isReplacement: true, claims: claims,
            doubts: namesAnother || changesPerson || isDoubtful ? [.identityChanged] : [],
            candidateResident: namesAnother ? owner : nil)
    }

    /// The resident to whom an earlier version of the record was linked.
    private func earlierTarget(of candidate: Linker.Candidate) throws(GatewayError) -> LinkTarget? {
        if let target = targetsInBatch[candidate.keyDigest] { return target }
        guard let record = stored[candidate.keyDigest] else { return nil }
        guard let id = ids[record.resident] else {
            throw .store(.corrupt(what: "a record of '\(stream)' belongs to no resident"))
        }
        return .known(record.resident, id)
    }

    private mutating func append(
        _ candidate: Linker.Candidate, _ target: LinkTarget, isReplacement: Bool,
        claims: [(index: String, entry: BlindIndexEntry)] = [], doubts: [LinkDoubt] = [],
        candidateResident: LinkTarget? = nil
    ) throws(GatewayError) {
        let declared = try declaredClaims(of: candidate.record, resident: target.id)
        if case .new(let id) = target {
            targetsInBatch[candidate.keyDigest] = .opening(id)
        } else {
            targetsInBatch[candidate.keyDigest] = target
        }
        linked.append(
            LinkedRecord(
                record: candidate.record, keyDigest: candidate.keyDigest,
                contentDigest: candidate.contentDigest, target: target,
                isReplacement: isReplacement, claims: claims + declared, doubts: doubts,
                candidate: candidateResident))
    }

    /// The index entries that the catalogue asks for, but for those that records are linked by.
    private func declaredClaims(
        of record: MappedRecord, resident: ResidentID
    ) throws(GatewayError) -> [(index: String, entry: BlindIndexEntry)] {
        var claims: [(index: String, entry: BlindIndexEntry)] = []
        for value in record.values {
            let field = linker.catalogue.fields[value.fieldIndex]
            guard field.index != nil, field.id != .citizenNumber, field.id != .householdNumber
            else { continue }
            for entry in try indexEntries(
                of: value.text, field: field, resident: resident, keyring: linker.keyring)
            {
                claims.append((field.id.text, entry))
            }
        }
        return claims
    }

    private func householdClaims(
        of record: MappedRecord
    ) throws(GatewayError) -> [(index: String, entry: BlindIndexEntry)] {
        guard let index = linker.catalogue.index(of: .householdNumber),
            let value = record.values.first(where: { $0.fieldIndex == index })
        else { return [] }
        var claims: [(index: String, entry: BlindIndexEntry)] = []
        for entry in try entries(value.text, index: Linker.householdIndex) {
            claims.append((Linker.householdIndex, entry))
        }
        return claims
    }

    private func entries(
        _ value: String, index: String
    ) throws(GatewayError) -> [BlindIndexEntry] {
        try blindIndexEntries(of: value, index: index, keyring: linker.keyring)
    }

    private mutating func loadNames(
        of residents: Set<ResidentNumber>, store: any StoreReader
    ) throws(GatewayError) {
        for value in try opened(.name, of: residents, store: store) {
            guard let id = ids[value.stored.resident] else { continue }
            identities[id, default: []].append(
                LinkIdentity(
                    citizenNumber: nil, name: NormalisedName(value.text), birthDate: nil, sex: nil))
        }
    }

    /// The values of one field of residents whose identifiers are known here.
    private func opened(
        _ field: FieldID, of residents: Set<ResidentNumber>, store: any StoreReader
    ) throws(GatewayError) -> [OpenedValue] {
        let opener = ValueOpener(
            keyring: linker.keyring, catalogue: linker.catalogue, tenant: linker.tenant)
        return try opener.open(store.values(of: residents.sorted(), fields: [field])) { ids[$0] }
    }

    /// Refuses what a source delivers again of a forgotten resident; its cells are not kept.
    private func isForgotten(_ record: MappedRecord) -> RefusedRecord {
        RefusedRecord(
            position: record.position, key: record.key,
            findings: [
                RecordFinding(
                    .residentForgotten,
                    detail: "the resident was forgotten; this record is not taken again")
            ], cells: [])
    }

    private func unknownReference(_ record: MappedRecord, name: String) -> RefusedRecord {
        RefusedRecord(
            position: record.position, key: record.key,
            findings: [
                RecordFinding(
                    .unknownReference,
                    detail: "it refers to a record of '\(name)' that is not stored")
            ], cells: [])
    }
}

/// The blind-index entries of a value, one for each active key version, newest first.
func blindIndexEntries(
    of value: String, index: String, keyring: Keyring
) throws(GatewayError) -> [BlindIndexEntry] {
    do {
        return try keyring.blindIndex(Array(value.utf8), index: index, bits: 128).map {
            BlindIndexEntry(version: $0.version, bits: $0.bytes)
        }
    } catch { throw .crypto(error) }
}
