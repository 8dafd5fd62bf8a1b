/// The field keys of the residents used last, for a limited time.
///
/// Kept resident by resident, so that forgetting one is one step. A key that leaves the cache is wiped as soon as
/// the batch that still uses it is done.
struct FieldKeyCache {
    private struct Item {
        let classSerial: UInt64
        let key: FieldKey
    }

    private struct Entry {
        let resident: ResidentKeyID
        /// The generation that seals.
        let newestGeneration: UInt16
        let expires: Duration
        /// Most residents' keys are of one class, which needs no memory of its own.
        var first: Item
        var others: [Item] = []
        /// Neighbours in order of use, as positions in `entries`; -1 at the ends.
        var newer = -1
        var older = -1

        func key(of classSerial: UInt64, generation: UInt16) -> FieldKey? {
            if first.classSerial == classSerial, first.key.generation == generation {
                return first.key
            }
            for item in others
            where item.classSerial == classSerial && item.key.generation == generation {
                return item.key
            }
            return nil
        }
    }

    private let keysMax: Int
    private let age: Duration
    /// Emptied positions are nil and listed in `free`.
    private var entries: [Entry?] = []
    private var free: [Int] = []
    private var positions: [ResidentKeyID: Int] = [:]
    private var newest = -1
    private var oldest = -1
    private var nextSweep: Duration = .zero
    private(set) var keyCount = 0

    init(limits: KeyringLimits) {
        keysMax = limits.cachedFieldKeysMax
        age = limits.cachedFieldKeyAge
    }

    /// The key of a resident and class, or nil where it is absent or too old.
    ///
    /// - Parameters:
    ///   - resident: Whose.
    ///   - classSerial: The serial of the class key.
    ///   - generation: Which generation, or nil for the one that seals.
    ///   - now: The time of the clock given at start.
    /// - Returns: A key that may be used until the batch at hand is done.
    mutating func key(
        resident: ResidentKeyID, classSerial: UInt64, generation: UInt16?, now: Duration
    ) -> FieldKey? {
        guard let position = positions[resident], let entry = entries[position] else { return nil }
        if entry.expires <= now {
            remove(at: position)
            return nil
        }
        let wanted = generation ?? entry.newestGeneration
        guard let key = entry.key(of: classSerial, generation: wanted) else { return nil }
        if newest != position {
            unlink(position)
            linkAsNewest(position)
        }
        return key
    }

    /// Adds a key; a resident's keys all expire with the first one.
    mutating func insert(
        _ key: FieldKey, resident: ResidentKeyID, classSerial: UInt64, newestGeneration: UInt16,
        now: Duration
    ) {
        guard keysMax > 0, age > .zero else { return }
        var known = positions[resident]
        if let position = known, let entry = entries[position] {
            if entry.newestGeneration != newestGeneration || entry.expires <= now {
                remove(at: position)
                known = nil
            } else if entry.key(of: classSerial, generation: key.generation) != nil {
                return
            }
        }
        let item = Item(classSerial: classSerial, key: key)
        if let position = known {
            entries[position]?.others.append(item)
        } else {
            add(item, resident, newestGeneration, now: now)
        }
        keyCount += 1
        while keyCount > keysMax, oldest >= 0 { remove(at: oldest) }
    }

    mutating func remove(_ resident: ResidentKeyID) {
        if let position = positions[resident] { remove(at: position) }
    }

    mutating func removeAll() {
        entries.removeAll()
        free.removeAll()
        positions.removeAll()
        (newest, oldest, keyCount) = (-1, -1, 0)
    }

    /// Wipes what is too old, at most four times in the span of an age: a key is gone after 1.25 ages at the latest.
    mutating func removeExpired(now: Duration, always: Bool = false) {
        guard always || now >= nextSweep else { return }
        nextSweep = now + age / 4
        for position in entries.indices {
            if let entry = entries[position], entry.expires <= now { remove(at: position) }
        }
    }

    private mutating func add(
        _ item: Item, _ resident: ResidentKeyID, _ newestGeneration: UInt16, now: Duration
    ) {
        var entry = Entry(
            resident: resident, newestGeneration: newestGeneration, expires: now + age, first: item)
        (entry.newer, entry.older) = (-1, newest)
        let position: Int
        if let reused = free.popLast() {
            position = reused
            entries[position] = entry
        } else {
            position = entries.count
            entries.append(entry)
        }
        positions[resident] = position
        if newest >= 0 { entries[newest]?.newer = position } else { oldest = position }
        newest = position
    }

    private mutating func remove(at position: Int) {
        guard let entry = entries[position] else { return }
        unlink(position)
        keyCount -= 1 + entry.others.count
        positions[entry.resident] = nil
        entries[position] = nil
        free.append(position)
    }

    private mutating func unlink(_ position: Int) {
        guard let entry = entries[position] else { return }
        if entry.newer >= 0 {
            entries[entry.newer]?.older = entry.older
        } else {
            newest = entry.older
        }
        if entry.older >= 0 {
            entries[entry.older]?.newer = entry.newer
        } else {
            oldest = entry.newer
        }
    }

    private mutating func linkAsNewest(_ position: Int) {
        entries[position]?.newer = -1
        entries[position]?.older = newest
        if newest >= 0 { entries[newest]?.newer = position } else { oldest = position }
        newest = position
    }
}
