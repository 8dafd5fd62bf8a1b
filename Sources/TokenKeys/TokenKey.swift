import CPKCS11
package import FieldCrypto
import Synchronization

/// Where a key in a token is found.
package struct TokenAddress: Hashable, Sendable {
    /// The PKCS#11 module: an absolute path of a library.
    package let module: String
    /// The token's label.
    package let token: String
    /// The key's label.
    package let key: String
    /// The key's own id (CKA_ID), 16 random bytes given when it was made; nil while it is not known.
    package var keyID: [UInt8]?

    package init(module: String, token: String, key: String, keyID: [UInt8]? = nil) {
        self.module = module
        self.token = token
        self.key = key
        self.keyID = keyID
    }
}

/// An AES-256 key that a token keeps to itself, ready for use.
///
/// The token is asked for at start and at rotation; the session stays open in between, and ends with ``close()``
/// or with the last reference.
package final class TokenKey: RootKeyDevice {
    static let sealedByteCount = 48
    /// The address, with the key's id.
    package let address: TokenAddress
    private let module: TokenModule
    private let session: CK_SESSION_HANDLE
    private let object: CK_OBJECT_HANDLE
    private let isClosed = Atomic(false)

    /// Finds a key by its label, and by its id where that is known.
    ///
    /// - Parameters:
    ///   - address: Where it is.
    ///   - pin: The token user's PIN.
    /// - Throws: ``TokenError``. A key that could leave the token, or ever could, is refused.
    package convenience init(
        opening address: TokenAddress, pin: SecretBytes
    ) throws(TokenError) {
        try self.init(address, pin: pin, writes: false) { session throws(TokenError) in
            let found = try session.keys(label: address.key, id: address.keyID)
            guard let key = found.first else { throw .keyAbsent(label: address.key) }
            guard found.count == 1 else { throw .severalKeys(label: address.key) }
            return key
        }
    }

    /// Makes a new key in the token.
    ///
    /// - Parameters:
    ///   - address: Where; its label must be free.
    ///   - pin: The token user's PIN.
    ///   - random: Where the key's id comes from; the key itself is drawn by the token.
    /// - Throws: ``TokenError``.
    package convenience init(
        making address: TokenAddress, pin: SecretBytes, random: any RandomSource
    ) throws(TokenError) {
        let id: [UInt8]
        do { id = try random.bytes(16) } catch {
            throw .unfitKey(label: address.key, reason: "gets no id: \(error)")
        }
        try self.init(address, pin: pin, writes: true) { session throws(TokenError) in
            guard try session.keys(label: address.key, id: nil).isEmpty else {
                throw .severalKeys(label: address.key)
            }
            return try session.makeKey(label: address.key, id: id)
        }
    }

    /// Opens a session, lets `find` name the key, and checks it; where anything fails, nothing stays open.
    private init(
        _ address: TokenAddress, pin: SecretBytes, writes: Bool,
        find: (TokenSession) throws(TokenError) -> CK_OBJECT_HANDLE
    ) throws(TokenError) {
        let module = try TokenModule.acquire(address.module)
        do throws(TokenError) {
            let session = try TokenSession(module, token: address.token, pin: pin, writes: writes)
            do throws(TokenError) {
                let key = try find(session)
                let id = try session.checkedID(of: key, label: address.key)
                self.address = TokenAddress(
                    module: address.module, token: address.token, key: address.key, keyID: id)
                self.module = module
                self.session = session.handle
                object = key
            } catch {
                session.close()
                throw error
            }
        } catch {
            module.release()
            throw error
        }
    }

    deinit { close() }

    /// Ends the session; with the module's last key, the module is finalised.
    package func close() {
        guard !isClosed.exchange(true, ordering: .relaxed) else { return }
        TokenSession(module, handle: session).close()
        module.release()
    }

    /// Removes the key from the token for good: only a key just made here, which nothing is wrapped with yet.
    package func destroy() throws(TokenError) {
        try checkOpen()
        try module.withFunctions { functions throws(TokenError) in
            let destroy = try found(functions.C_DestroyObject, "C_DestroyObject")
            try checkCryptoki(destroy(session, object), "C_DestroyObject")
        }
        close()
    }

    /// Asks the token for the key's bytes, as a thief would.
    ///
    /// - Returns: Whether the token refuses: every fit key's does.
    package func refusesExport() throws(TokenError) -> Bool {
        try checkOpen()
        return try module.withFunctions { functions throws(TokenError) in
            let getAttributes = try found(functions.C_GetAttributeValue, "C_GetAttributeValue")
            var room = [UInt8](repeating: 0, count: 64)
            defer { wipe(&room) }
            let code = room.withUnsafeMutableBytes { room in
                var attribute = CK_ATTRIBUTE(
                    type: Cryptoki.Attribute.value, value: room.baseAddress,
                    length: CK_ULONG(room.count))
                return getAttributes(session, object, &attribute, 1)
            }
            return code == Cryptoki.attributeSensitive && room.allSatisfy { $0 == 0 }
        }
    }

    private func checkOpen() throws(TokenError) {
        if isClosed.load(ordering: .relaxed) { throw .unplugged }
    }
}

extension TokenKey {
    package func encrypt(
        _ key: SecretBytes, nonce: [UInt8], associatedData: [UInt8]
    ) throws(RootKeyFault) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: Self.sealedByteCount)
        do throws(TokenError) {
            let count = try operate(nonce, associatedData) {
                functions, mechanism throws(TokenError) in
                let begin = try found(functions.C_EncryptInit, "C_EncryptInit")
                let encrypt = try found(functions.C_Encrypt, "C_Encrypt")
                try checkCryptoki(begin(session, mechanism, object), "C_EncryptInit")
                var count = CK_ULONG(output.count)
                let code = key.withUnsafeBytes { key in
                    encrypt(session, bytes(key), CK_ULONG(key.count), &output, &count)
                }
                try checkCryptoki(code, "C_Encrypt")
                return count
            }
            guard count == Self.sealedByteCount else {
                throw TokenError.failed(call: "C_Encrypt", code: UInt(count))
            }
        } catch { throw error.fault }
        return output
    }

    package func decrypt(
        _ sealed: [UInt8], nonce: [UInt8], associatedData: [UInt8]
    ) throws(RootKeyFault) -> SecretBytes? {
        // What modules answer to a tag that does not fit; some have no better word than a general error.
        let refusals = [
            Cryptoki.generalError, Cryptoki.aeadDecryptFailed, Cryptoki.encryptedDataInvalid,
            Cryptoki.encryptedDataLengthRange,
        ]
        do throws(TokenError) {
            var isAuthentic = false
            let opened = try SecretBytes(count: Self.sealedByteCount) { room throws(TokenError) in
                isAuthentic = try operate(nonce, associatedData) {
                    functions, mechanism throws(TokenError) in
                    let begin = try found(functions.C_DecryptInit, "C_DecryptInit")
                    let decrypt = try found(functions.C_Decrypt, "C_Decrypt")
                    try checkCryptoki(begin(session, mechanism, object), "C_DecryptInit")
                    var count = CK_ULONG(room.count)
                    var sealed = sealed
                    let output = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
                    let code = decrypt(session, &sealed, CK_ULONG(sealed.count), output, &count)
                    if refusals.contains(code) { return false }
                    try checkCryptoki(code, "C_Decrypt")
                    return count == Self.sealedByteCount - 16
                }
            }
            guard isAuthentic else { return nil }
            return opened.prefix(Self.sealedByteCount - 16)
        } catch { throw error.fault }
    }

    /// Runs one operation under AES-GCM with a 16-byte tag.
    private func operate<Result>(
        _ nonce: [UInt8], _ associatedData: [UInt8],
        _ body: (borrowing CK_FUNCTION_LIST, UnsafeMutablePointer<CK_MECHANISM>) throws(TokenError)
            -> Result
    ) throws(TokenError) -> Result {
        try checkOpen()
        var (nonce, associatedData) = (nonce, associatedData)
        return try module.withFunctions { functions throws(TokenError) in
            try nonce.withUnsafeMutableBufferPointer { nonce throws(TokenError) in
                try associatedData.withUnsafeMutableBufferPointer { data throws(TokenError) in
                    var parameters = CK_GCM_PARAMS(
                        iv: nonce.baseAddress, ivLength: CK_ULONG(nonce.count),
                        ivBits: CK_ULONG(nonce.count * 8), associatedData: data.baseAddress,
                        associatedDataLength: CK_ULONG(data.count), tagBits: 128)
                    return try withUnsafeMutablePointer(to: &parameters) {
                        parameters throws(TokenError) in
                        var mechanism = CK_MECHANISM(
                            mechanism: Cryptoki.aesGCM, parameter: parameters,
                            parameterLength: CK_ULONG(MemoryLayout<CK_GCM_PARAMS>.size))
                        return try body(functions, &mechanism)
                    }
                }
            }
        }
    }

    private func bytes(_ buffer: UnsafeRawBufferPointer) -> UnsafeMutablePointer<UInt8>? {
        buffer.baseAddress.map {
            UnsafeMutablePointer(mutating: $0.assumingMemoryBound(to: UInt8.self))
        }
    }
}
