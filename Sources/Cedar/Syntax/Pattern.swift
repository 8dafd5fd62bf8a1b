/// The right side of `like`: scalars and wildcards, each wildcard standing for any run of scalars.
package struct Pattern: Hashable, Sendable {
    package enum Part: Hashable, Sendable {
        case wildcard
        case scalar(Unicode.Scalar)
    }

    /// The parts as written; neighbouring wildcards are kept apart.
    package let parts: [Part]

    /// The UTF-8 of the runs between wildcards.
    ///
    /// One more than there are wildcards.
    private let runs: [[UInt8]]

    package init(_ parts: [Part]) {
        self.parts = parts
        var runs: [[UInt8]] = [[]]
        for part in parts {
            switch part {
            case .wildcard: runs.append([])
            case .scalar(let scalar):
                runs[runs.count - 1].append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
            }
        }
        self.runs = runs
    }

    /// Whether the whole of `text` has this form.
    ///
    /// Takes each run at its first place after the one before; that is never worse than a later place, so there
    /// is no going back and the cost is at most the product of the two lengths. Bytes may stand for scalars here
    /// since UTF-8 cannot match across the border of one.
    package func matches(_ text: String) -> Bool {
        let answer = text.utf8.withContiguousStorageIfAvailable { matches(bytes: $0) }
        if let answer { return answer }
        return Array(text.utf8).withUnsafeBufferPointer { matches(bytes: $0) }
    }

    private func matches(bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = runs.first, let last = runs.last else { return false }
        if runs.count == 1 { return bytes.elementsEqual(first) }
        guard bytes.count >= first.count + last.count, bytes.starts(with: first),
            bytes.suffix(last.count).elementsEqual(last)
        else { return false }
        var position = first.count
        let end = bytes.count - last.count
        for run in runs[1..<runs.count - 1] where !run.isEmpty {
            guard let found = Self.find(run, in: bytes, from: position, to: end) else {
                return false
            }
            position = found + run.count
        }
        return true
    }

    private static func find(
        _ run: [UInt8], in bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int
    ) -> Int? {
        var position = start
        while position + run.count <= end {
            var matched = 0
            while matched < run.count, bytes[position + matched] == run[matched] { matched += 1 }
            if matched == run.count { return position }
            position += 1
        }
        return nil
    }
}
