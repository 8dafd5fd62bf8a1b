/// Envelopes of a batch, one after another, that go from one key to another.
struct ResealingRun {
    /// The first position behind the run.
    let end: Int
    /// Nil where the resident's key was destroyed.
    let keys: (old: FieldKey, new: FieldKey)?
}

extension SealingWorker {
    /// Opens and seals again a batch whose runs cover it in order; the padded value never leaves the output's buffer.
    ///
    /// - Returns: The new envelopes; empty where a run has no keys.
    /// - Throws: ``FieldCryptoError/notAuthentic(table:field:)`` at the first that does not open.
    func reseal(
        _ batch: SealedValues, runs: [ResealingRun], random: any RandomSource
    ) throws(FieldCryptoError) -> PackedBytes {
        let ends = resealedEnds(of: batch, runs)
        var sealed = [UInt8](repeating: 0, count: ends.last ?? 0)
        try sealed.withUnsafeMutableBufferPointer { sealed throws(FieldCryptoError) in
            guard let output = UnsafeMutableRawPointer(sealed.baseAddress) else { return }
            try batch.envelopes.withUnsafeStrings { envelopes throws(FieldCryptoError) in
                try batch.addresses.withUnsafeBufferPointer { addresses throws(FieldCryptoError) in
                    var start = 0
                    for run in runs {
                        if let (old, new) = run.keys {
                            try reseal(
                                start..<run.end, old, new, envelopes, addresses, to: output, ends,
                                random)
                        }
                        start = run.end
                    }
                }
            }
        }
        return PackedBytes(bytes: sealed, ends: ends)
    }

    private func resealedEnds(of batch: SealedValues, _ runs: [ResealingRun]) -> [Int] {
        var ends: [Int] = []
        ends.reserveCapacity(batch.count)
        var end = 0
        var nonceByteCount = 0
        for run in runs {
            guard let (old, new) = run.keys else {
                while ends.count < run.end { ends.append(end) }
                continue
            }
            let more = new.suite.overheadByteCount - old.suite.overheadByteCount
            for index in ends.count..<run.end {
                end += batch.envelopes.range(of: index).count + more
                nonceByteCount += new.suite.nonceByteCount
                ends.append(end)
            }
        }
        nonces.begin(byteCount: nonceByteCount)
        return ends
    }

    private func reseal(
        _ range: Range<Int>, _ old: FieldKey, _ new: FieldKey, _ envelopes: UnsafeStrings,
        _ addresses: UnsafeBufferPointer<FieldAddress>, to output: UnsafeMutableRawPointer,
        _ ends: [Int], _ random: any RandomSource
    ) throws(FieldCryptoError) {
        let header = Envelope(key: new)
        let suite = new.suite
        let overhead = suite.overheadByteCount
        let sealing = try fieldCipher(suite)
        try fieldCipher(old.suite).use(old, to: .open) {
            opener, oldKey throws(FieldCryptoError) in
            try sealing.use(new, to: .seal) { sealer, newKey throws(FieldCryptoError) in
                for index in range {
                    let start = index == 0 ? 0 : ends[index - 1]
                    let envelope = output + start
                    let text = UnsafeMutableRawBufferPointer(
                        start: envelope + suite.headerByteCount,
                        count: ends[index] - start - overhead)
                    guard
                        let textStart = text.baseAddress,
                        try open(
                            envelopes[index], at: addresses[index], old, opener, &oldKey,
                            to: textStart) != nil
                    else { throw Self.notAuthentic(addresses[index]) }
                    header.writeHeader(to: envelope)
                    do throws(FieldCryptoError) {
                        try nonces.write(
                            to: envelope + Envelope.nonceOffset, byteCount: suite.nonceByteCount,
                            from: random)
                        try addressBytes.write(
                            addresses[index].column, resident: addresses[index].resident,
                            recordVersion: addresses[index].recordVersion, key: new)
                        try sealer.encrypt(
                            inPlace: text, key: newKey, nonce: envelope + Envelope.nonceOffset,
                            associatedData: addressBytes.bytes, tag: textStart + text.count)
                    } catch {
                        text.initializeMemory(as: UInt8.self, repeating: 0)
                        throw error
                    }
                    newKey = nil
                }
            }
        }
    }
}
