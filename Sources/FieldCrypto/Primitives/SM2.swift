internal import COpenSSL

/// SM2 with SM3 (GB/T 32918.2) in libcrypto's terms: the curve sm2p256v1, and always the standard's default id.
///
/// libcrypto without an id takes an empty one, and no other implementation verifies what it then signs.
enum SM2 {
    private static let id = Array("1234567812345678".utf8)
    private static let coordinateByteCount = 32
    private static let pointByteCount = 1 + 2 * coordinateByteCount
    /// r and s as DER take at most 8 bytes more.
    private static let encodedSignatureBytesMax = 72

    /// Whether 32 bytes, big-endian, are a private key: from 1 to the order of the curve less two.
    static func isPrivateKey(_ seed: SecretBytes) -> Bool {
        guard let group = EC_GROUP_new_by_curve_name(NID_sm2) else { return false }
        defer { EC_GROUP_free(group) }
        guard let limit = BN_dup(EC_GROUP_get0_order(group)), let number = number(of: seed) else {
            return false
        }
        defer {
            BN_free(limit)
            BN_clear_free(number)
        }
        return BN_sub_word(limit, 1) == 1 && BN_is_zero(number) == 0 && BN_cmp(number, limit) < 0
    }

    private static func number(of seed: SecretBytes) -> OpaquePointer? {
        seed.withUnsafeBytes {
            BN_bin2bn(
                $0.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32($0.count),
                BN_secure_new())
        }
    }

    /// The private key in libcrypto, and its public key.
    static func pair(
        of seed: SecretBytes
    ) throws(FieldCryptoError) -> (OpaquePointer, VerifyingKey) {
        guard isPrivateKey(seed) else { throw libraryFailure("SM2 private key") }
        let point = try point(of: seed)
        // libcrypto takes the number in the machine's order of bytes.
        let native = seed.withUnsafeBytes { bytes in
            SecretBytes(count: bytes.count) { output in
                for index in bytes.indices {
                    output[index] =
                        1.littleEndian == 1 ? bytes[bytes.count - 1 - index] : bytes[index]
                }
            }
        }
        let key = try native.withUnsafeBytes { bytes throws(FieldCryptoError) in
            try makeKey(point: point, privateNumber: bytes)
        }
        do { return (key, try VerifyingKey(bytes: point)) } catch {
            EVP_PKEY_free(key)
            throw error
        }
    }

    /// The public key of 0x04, x, y; a point that is not on the curve is refused.
    static func publicKey(of point: [UInt8]) throws(FieldCryptoError) -> OpaquePointer {
        let key = try makeKey(point: point, privateNumber: nil)
        guard point.first == 0x04,
            let context = EVP_PKEY_CTX_new_from_pkey(nil, key, nil)
        else {
            EVP_PKEY_free(key)
            throw libraryFailure("EVP_PKEY_CTX_new_from_pkey")
        }
        defer { EVP_PKEY_CTX_free(context) }
        guard EVP_PKEY_public_check(context) == 1 else {
            EVP_PKEY_free(key)
            throw libraryFailure("EVP_PKEY_public_check")
        }
        return key
    }

    /// The public point of a private key.
    private static func point(of seed: SecretBytes) throws(FieldCryptoError) -> [UInt8] {
        guard let group = EC_GROUP_new_by_curve_name(NID_sm2) else {
            throw libraryFailure("EC_GROUP_new_by_curve_name")
        }
        defer { EC_GROUP_free(group) }
        guard let number = number(of: seed) else { throw libraryFailure("BN_bin2bn") }
        defer { BN_clear_free(number) }
        guard let point = EC_POINT_new(group) else { throw libraryFailure("EC_POINT_new") }
        defer { EC_POINT_free(point) }
        try check(EC_POINT_mul(group, point, number, nil, nil, nil), "EC_POINT_mul")
        var bytes = [UInt8](repeating: 0, count: pointByteCount)
        let count = EC_POINT_point2oct(
            group, point, POINT_CONVERSION_UNCOMPRESSED, &bytes, bytes.count, nil)
        guard count == bytes.count else { throw libraryFailure("EC_POINT_point2oct") }
        return bytes
    }

    private static func makeKey(
        point: [UInt8], privateNumber: UnsafeRawBufferPointer?
    ) throws(FieldCryptoError) -> OpaquePointer {
        guard let context = EVP_PKEY_CTX_new_from_name(nil, "SM2", nil) else {
            throw libraryFailure("EVP_PKEY_CTX_new_from_name")
        }
        defer { EVP_PKEY_CTX_free(context) }
        try check(EVP_PKEY_fromdata_init(context), "EVP_PKEY_fromdata_init")
        var group = Array("SM2".utf8CString)
        var point = point
        var key: OpaquePointer?
        let selection = privateNumber == nil ? key_selection_public : key_selection_pair
        let result = group.withUnsafeMutableBufferPointer { group in
            point.withUnsafeMutableBytes { point in
                var parameters = [
                    parameter_group(group.baseAddress),
                    parameter_public_point(point.baseAddress, point.count),
                ]
                if let privateNumber {
                    let start = UnsafeMutableRawPointer(mutating: privateNumber.baseAddress)
                    parameters.append(parameter_private_number(start, privateNumber.count))
                }
                parameters.append(OSSL_PARAM_construct_end())
                return EVP_PKEY_fromdata(context, &key, selection, &parameters)
            }
        }
        try check(result, "EVP_PKEY_fromdata")
        guard let key else { throw libraryFailure("EVP_PKEY_fromdata") }
        return key
    }
}

extension SM2 {
    /// Signs with a number of its own each time; r and s, 32 bytes each.
    static func sign(
        _ message: [UInt8], key: OpaquePointer
    ) throws(FieldCryptoError) -> [UInt8] {
        try withContext { context, setID throws(FieldCryptoError) in
            var keyContext: OpaquePointer?
            try check(
                EVP_DigestSignInit_ex(context, &keyContext, "SM3", nil, nil, key, nil),
                "EVP_DigestSignInit_ex")
            try check(setID(keyContext), "EVP_PKEY_CTX_set_params")
            var encoded = [UInt8](repeating: 0, count: encodedSignatureBytesMax)
            var count = encoded.count
            try check(
                EVP_DigestSign(context, &encoded, &count, message, message.count),
                "EVP_DigestSign")
            return try decoded(encoded.prefix(count))
        }
    }

    static func isValid(_ signature: [UInt8], for message: [UInt8], key: OpaquePointer) -> Bool {
        do {
            let encoded = try encoded(signature)
            return try withContext { context, setID throws(FieldCryptoError) in
                var keyContext: OpaquePointer?
                try check(
                    EVP_DigestVerifyInit_ex(context, &keyContext, "SM3", nil, nil, key, nil),
                    "EVP_DigestVerifyInit_ex")
                try check(setID(keyContext), "EVP_PKEY_CTX_set_params")
                return EVP_DigestVerify(
                    context, encoded, encoded.count, message, message.count) == 1
            }
        } catch { return false }
    }

    /// Lends a context, and the one way to set the id on the context of its key.
    private static func withContext<Result>(
        _ body: (OpaquePointer, (OpaquePointer?) -> Int32) throws(FieldCryptoError) -> Result
    ) throws(FieldCryptoError) -> Result {
        guard let context = EVP_MD_CTX_new() else { throw libraryFailure("EVP_MD_CTX_new") }
        defer { EVP_MD_CTX_free(context) }
        return try body(context) { keyContext in
            var id = id
            return id.withUnsafeMutableBytes { id in
                var parameters = [
                    parameter_signer_id(id.baseAddress, id.count),
                    OSSL_PARAM_construct_end(),
                ]
                return EVP_PKEY_CTX_set_params(keyContext, &parameters)
            }
        }
    }

    /// r and s of libcrypto's DER.
    private static func decoded(_ encoded: ArraySlice<UInt8>) throws(FieldCryptoError) -> [UInt8] {
        let pair = encoded.withUnsafeBufferPointer { bytes in
            var start = bytes.baseAddress
            return d2i_ECDSA_SIG(nil, &start, bytes.count)
        }
        guard let pair else { throw libraryFailure("d2i_ECDSA_SIG") }
        defer { ECDSA_SIG_free(pair) }
        var signature = [UInt8](repeating: 0, count: VerifyingKey.signatureByteCount)
        let size = Int32(coordinateByteCount)
        let isWhole = signature.withUnsafeMutableBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return false }
            return BN_bn2binpad(ECDSA_SIG_get0_r(pair), start, size) == size
                && BN_bn2binpad(ECDSA_SIG_get0_s(pair), start + coordinateByteCount, size) == size
        }
        guard isWhole else { throw libraryFailure("BN_bn2binpad") }
        return signature
    }

    /// libcrypto's DER of r and s.
    private static func encoded(_ signature: [UInt8]) throws(FieldCryptoError) -> [UInt8] {
        guard let pair = ECDSA_SIG_new() else { throw libraryFailure("ECDSA_SIG_new") }
        defer { ECDSA_SIG_free(pair) }
        let size = Int32(coordinateByteCount)
        let r = BN_bin2bn(Array(signature.prefix(coordinateByteCount)), size, nil)
        let s = BN_bin2bn(Array(signature.suffix(coordinateByteCount)), size, nil)
        guard let r, let s, ECDSA_SIG_set0(pair, r, s) == 1 else {
            BN_free(r)
            BN_free(s)
            throw libraryFailure("ECDSA_SIG_set0")
        }
        var encoded = [UInt8](repeating: 0, count: encodedSignatureBytesMax)
        let count = encoded.withUnsafeMutableBufferPointer { bytes in
            var end = bytes.baseAddress
            return i2d_ECDSA_SIG(pair, &end)
        }
        guard count > 0 else { throw libraryFailure("i2d_ECDSA_SIG") }
        encoded.removeLast(encoded.count - Int(count))
        return encoded
    }
}
