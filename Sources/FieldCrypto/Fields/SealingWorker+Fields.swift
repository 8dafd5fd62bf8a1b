/// Values of a batch, one after another, that are sealed under one key.
struct SealingRun {
    /// The first position behind the run.
    let end: Int
    let key: FieldKey
}

/// Envelopes of a batch, one after another, that one key opens, or that do not open for one reason.
struct OpeningRun {
    /// The first position behind the run.
    let end: Int
    let key: Result<FieldKey, FieldCryptoError>
}

extension SealingWorker {
    private static let paddedBytesMax =
        KeyringLimits.valueBytesMax + ValuePadding.bucket32.rawValue

    /// Seals a batch whose runs cover it in order; nonces come from `random`.
    func seal(
        _ batch: ValuesToSeal, runs: [SealingRun], random: any RandomSource
    ) throws(FieldCryptoError) -> PackedBytes {
        let ends = try envelopeEnds(of: batch, runs)
        var sealed = [UInt8](repeating: 0, count: ends.last ?? 0)
        try sealed.withUnsafeMutableBufferPointer { sealed throws(FieldCryptoError) in
            guard let output = UnsafeMutableRawPointer(sealed.baseAddress) else { return }
            try batch.values.withUnsafeStrings { values throws(FieldCryptoError) in
                try batch.addresses.withUnsafeBufferPointer { addresses throws(FieldCryptoError) in
                    try ends.withUnsafeBufferPointer { ends throws(FieldCryptoError) in
                        var start = 0
                        for run in runs {
                            try seal(
                                start..<run.end, run.key, values, addresses, batch.paddings,
                                to: output, ends, random)
                            start = run.end
                        }
                    }
                }
            }
        }
        return PackedBytes(bytes: sealed, ends: ends)
    }

    private func envelopeEnds(
        of batch: ValuesToSeal, _ runs: [SealingRun]
    ) throws(FieldCryptoError) -> [Int] {
        var ends: [Int] = []
        ends.reserveCapacity(batch.count)
        var end = 0
        var nonceByteCount = 0
        for run in runs {
            let overhead = run.key.suite.overheadByteCount
            for index in ends.count..<run.end {
                let byteCount = batch.values.range(of: index).count
                let maximum = KeyringLimits.valueBytesMax
                guard byteCount <= maximum else {
                    throw .tooLong(of: "value", byteCount: byteCount, maximum: maximum)
                }
                end += overhead + batch.paddings[index].paddedByteCount(byteCount)
                nonceByteCount += run.key.suite.nonceByteCount
                ends.append(end)
            }
        }
        nonces.begin(byteCount: nonceByteCount)
        return ends
    }

    private func seal(
        _ range: Range<Int>, _ key: FieldKey, _ values: UnsafeStrings,
        _ addresses: UnsafeBufferPointer<FieldAddress>, _ paddings: [ValuePadding],
        to output: UnsafeMutableRawPointer, _ ends: UnsafeBufferPointer<Int>,
        _ random: any RandomSource
    ) throws(FieldCryptoError) {
        let suite = key.suite
        let header = Envelope(key: key)
        let (nonceByteCount, textOffset) = (suite.nonceByteCount, suite.headerByteCount)
        let overhead = suite.overheadByteCount
        try fieldCipher(suite).use(key, to: .seal) { cipher, cipherKey throws(FieldCryptoError) in
            for index in range {
                let start = index == 0 ? 0 : ends[index - 1]
                let envelope = output + start
                let text = UnsafeMutableRawBufferPointer(
                    start: envelope + textOffset, count: ends[index] - start - overhead)
                try addressBytes.write(
                    addresses[index].column, resident: addresses[index].resident,
                    recordVersion: addresses[index].recordVersion, key: key)
                header.writeHeader(to: envelope)
                try nonces.write(
                    to: envelope + Envelope.nonceOffset, byteCount: nonceByteCount, from: random)
                paddings[index].write(values[index], to: envelope + textOffset)
                try cipher.encrypt(
                    inPlace: text, key: cipherKey, nonce: envelope + Envelope.nonceOffset,
                    associatedData: addressBytes.bytes, tag: envelope + textOffset + text.count)
                cipherKey = nil
            }
        }
    }

    /// Opens a batch whose runs cover it in order.
    ///
    /// Whatever does not belong together is ``FieldCryptoError/notAuthentic(table:field:)``; also where only the key
    /// check differs the text is decrypted first, and where there is no key, something of its length is, so that no
    /// refusal is quicker than another.
    func open(
        _ batch: SealedValues, runs: [OpeningRun]
    ) throws(FieldCryptoError) -> OpenedValues {
        var places: [Range<Int>] = []
        places.reserveCapacity(batch.count)
        var failures: [Int: FieldCryptoError] = [:]
        // Never more than the envelopes; each value stands where its own ended at most.
        var opened = [UInt8](repeating: 0, count: batch.envelopes.bytes.count)
        try opened.withUnsafeMutableBufferPointer { opened throws(FieldCryptoError) in
            guard let output = UnsafeMutableRawPointer(opened.baseAddress) else { return }
            try batch.envelopes.withUnsafeStrings { envelopes throws(FieldCryptoError) in
                try batch.addresses.withUnsafeBufferPointer { addresses throws(FieldCryptoError) in
                    for run in runs {
                        switch run.key {
                        case .success(let key):
                            try open(
                                places.count..<run.end, key, envelopes, addresses, to: output,
                                &places, &failures)
                        case .failure(let error):
                            for index in places.count..<run.end {
                                try decoy(envelopes[index])
                                places.append(0..<0)
                                failures[index] = error
                            }
                        }
                    }
                }
            }
        }
        return OpenedValues(bytes: opened, places: places, failures: failures)
    }

    private func open(
        _ range: Range<Int>, _ key: FieldKey, _ envelopes: UnsafeStrings,
        _ addresses: UnsafeBufferPointer<FieldAddress>, to output: UnsafeMutableRawPointer,
        _ places: inout [Range<Int>], _ failures: inout [Int: FieldCryptoError]
    ) throws(FieldCryptoError) {
        try fieldCipher(key.suite).use(key, to: .open) {
            cipher, cipherKey throws(FieldCryptoError) in
            for index in range {
                let start = index == 0 ? 0 : envelopes.ends[index - 1]
                let byteCount = try open(
                    envelopes[index], at: addresses[index], key, cipher, &cipherKey,
                    to: output + start)
                guard let byteCount else {
                    places.append(0..<0)
                    failures[index] = Self.notAuthentic(addresses[index])
                    continue
                }
                places.append(start..<start + byteCount)
            }
        }
    }

    static func notAuthentic(_ address: FieldAddress) -> FieldCryptoError {
        .notAuthentic(table: address.column.table, field: address.column.field)
    }

    /// Opens one envelope into `output`; nil where it is refused, and nothing of it stays there.
    @inline(__always)
    func open(
        _ envelope: UnsafeRawBufferPointer, at address: borrowing FieldAddress, _ key: FieldKey,
        _ cipher: any AuthenticatedCipher, _ cipherKey: inout UnsafeRawPointer?,
        to output: UnsafeMutableRawPointer
    ) throws(FieldCryptoError) -> Int? {
        let textOffset = key.suite.headerByteCount
        let textByteCount = envelope.count - key.suite.overheadByteCount
        guard let start = envelope.baseAddress, textByteCount > 0,
            textByteCount <= Self.paddedBytesMax
        else { return nil }
        try addressBytes.write(
            address.column, resident: address.resident, recordVersion: address.recordVersion,
            key: key)
        output.copyMemory(from: start + textOffset, byteCount: textByteCount)
        let text = UnsafeMutableRawBufferPointer(start: output, count: textByteCount)
        let isAuthentic = try cipher.decrypt(
            inPlace: text, key: cipherKey, nonce: start + Envelope.nonceOffset,
            associatedData: addressBytes.bytes, tag: start + textOffset + textByteCount)
        cipherKey = nil
        if isAuthentic, Envelope.keyCheck(in: envelope) == key.keyCheck,
            let byteCount = ValuePadding.valueByteCount(in: UnsafeRawBufferPointer(text))
        {
            return byteCount
        }
        text.initializeMemory(as: UInt8.self, repeating: 0)
        return nil
    }

    /// Takes the time of a decryption for an envelope that no key was found for, so that the refusal does not tell it.
    private func decoy(_ envelope: UnsafeRawBufferPointer) throws(FieldCryptoError) {
        let byteCount = envelope.count - CipherSuite.aes256GCM.overheadByteCount
        guard let start = envelope.baseAddress, byteCount > 0,
            envelope.count <= KeyringLimits.valueBytesMax
        else { return }
        let kept = try fieldCipher(.aes256GCM)
        kept.forgetOpeningKey()
        let text = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 16)
        defer { text.deallocate() }
        text.copyMemory(from: UnsafeRawBufferPointer(rebasing: envelope[..<byteCount]))
        _ = try decoyKey().withUnsafeBytes { key throws(FieldCryptoError) in
            try kept.cipher.decrypt(
                inPlace: text, key: key.baseAddress, nonce: start, associatedData: envelope,
                tag: start + envelope.count - CipherSuite.aes256GCM.tagByteCount)
        }
    }

    /// Opens one envelope with a given key and forgets the value: whether it opens at all.
    func opens(
        _ envelope: UnsafeRawBufferPointer, at address: FieldAddress, key: FieldKey
    ) throws(FieldCryptoError) -> Bool {
        let scratch = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(envelope.count, 1), alignment: 16)
        defer {
            scratch.initializeMemory(as: UInt8.self, repeating: 0)
            scratch.deallocate()
        }
        guard let output = scratch.baseAddress else { return false }
        return try fieldCipher(key.suite).use(key, to: .open) {
            cipher, cipherKey throws(FieldCryptoError) in
            try open(envelope, at: address, key, cipher, &cipherKey, to: output) != nil
        }
    }
}
