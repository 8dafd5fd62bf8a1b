import CPKCS11
import FieldCrypto

/// A session with a token, logged in as its user.
struct TokenSession {
    let module: TokenModule
    let handle: CK_SESSION_HANDLE

    init(_ module: TokenModule, handle: CK_SESSION_HANDLE) {
        self.module = module
        self.handle = handle
    }

    /// Opens a session with the token of a label; where the PIN is refused, none stays open.
    init(
        _ module: TokenModule, token: String, pin: SecretBytes, writes: Bool
    ) throws(TokenError) {
        let slot = try Self.slot(of: token, module)
        var opened: CK_SESSION_HANDLE = 0
        try module.withFunctions { functions throws(TokenError) in
            let open = try found(functions.C_OpenSession, "C_OpenSession")
            let flags =
                Cryptoki.serialSessionFlag | (writes ? Cryptoki.writingSessionFlag : 0)
            try checkCryptoki(open(slot, flags, nil, nil, &opened), "C_OpenSession")
        }
        self.init(module, handle: opened)
        do { try logIn(pin) } catch {
            close()
            throw error
        }
    }

    func close() {
        do {
            try module.withFunctions { functions throws(TokenError) in
                let close = try found(functions.C_CloseSession, "C_CloseSession")
                try checkCryptoki(close(handle), "C_CloseSession")
            }
        } catch {
            // A token that has gone has closed its sessions itself.
        }
    }

    private func logIn(_ pin: SecretBytes) throws(TokenError) {
        try module.withFunctions { functions throws(TokenError) in
            let logIn = try found(functions.C_Login, "C_Login")
            let code = pin.withUnsafeBytes { pin in
                let start = pin.baseAddress?.assumingMemoryBound(to: UInt8.self)
                return logIn(
                    handle, Cryptoki.normalUser, UnsafeMutablePointer(mutating: start),
                    CK_ULONG(pin.count))
            }
            // Another key of this token is open in this process, and its PIN was right.
            if code == Cryptoki.userAlreadyLoggedIn { return }
            try checkCryptoki(code, "C_Login")
        }
    }

    private static func slot(
        of label: String, _ module: TokenModule
    ) throws(TokenError) -> CK_SLOT_ID {
        try module.withFunctions { functions throws(TokenError) in
            let list = try found(functions.C_GetSlotList, "C_GetSlotList")
            let info = try found(functions.C_GetTokenInfo, "C_GetTokenInfo")
            var count: CK_ULONG = 0
            try checkCryptoki(list(1, nil, &count), "C_GetSlotList")
            var slots = [CK_SLOT_ID](repeating: 0, count: Int(min(count, 1_024)))
            count = CK_ULONG(slots.count)
            if !slots.isEmpty { try checkCryptoki(list(1, &slots, &count), "C_GetSlotList") }
            var matches: [CK_SLOT_ID] = []
            for slot in slots.prefix(Int(count)) {
                var token = CK_TOKEN_INFO()
                // A slot whose token was pulled out since the list was made is passed over.
                guard info(slot, &token) == Cryptoki.ok else { continue }
                let found = withUnsafeBytes(of: token.label) { text(of: $0) }
                if found == label, token.flags & Cryptoki.tokenInitializedFlag != 0 {
                    matches.append(slot)
                }
            }
            guard let slot = matches.first else { throw .tokenAbsent(label: label) }
            guard matches.count == 1 else { throw .severalTokens(label: label) }
            return slot
        }
    }

    /// A text that is filled up with blanks.
    private static func text(of bytes: UnsafeRawBufferPointer) -> String {
        var content = bytes[...]
        while let last = content.last, last == UInt8(ascii: " ") || last == 0 {
            content = content.dropLast()
        }
        return String(decoding: content, as: UTF8.self)
    }
}

extension TokenSession {
    /// The secret keys of a label, and of an id where one is given; at most two.
    func keys(label: String, id: [UInt8]?) throws(TokenError) -> [CK_OBJECT_HANDLE] {
        var wanted = AttributeList()
        wanted.add(Cryptoki.Attribute.objectClass, Cryptoki.secretKeyClass)
        wanted.add(Cryptoki.Attribute.token, true)
        wanted.add(Cryptoki.Attribute.label, [UInt8](label.utf8))
        if let id { wanted.add(Cryptoki.Attribute.id, id) }
        return try module.withFunctions { functions throws(TokenError) in
            let begin = try found(functions.C_FindObjectsInit, "C_FindObjectsInit")
            let find = try found(functions.C_FindObjects, "C_FindObjects")
            let end = try found(functions.C_FindObjectsFinal, "C_FindObjectsFinal")
            try wanted.withAttributes { attributes, count throws(TokenError) in
                try checkCryptoki(begin(handle, attributes, count), "C_FindObjectsInit")
            }
            var keys: [CK_OBJECT_HANDLE] = [0, 0]
            var count: CK_ULONG = 0
            let code = find(handle, &keys, CK_ULONG(keys.count), &count)
            try checkCryptoki(end(handle), "C_FindObjectsFinal")
            try checkCryptoki(code, "C_FindObjects")
            return Array(keys.prefix(Int(count)))
        }
    }

    /// Lets the token draw a key that can never leave it and only encrypts and decrypts.
    func makeKey(label: String, id: [UInt8]) throws(TokenError) -> CK_OBJECT_HANDLE {
        var wanted = AttributeList()
        wanted.add(Cryptoki.Attribute.objectClass, Cryptoki.secretKeyClass)
        wanted.add(Cryptoki.Attribute.keyType, Cryptoki.aesKeyType)
        wanted.add(Cryptoki.Attribute.valueLength, CK_ULONG(RootKey.byteCount))
        wanted.add(Cryptoki.Attribute.label, [UInt8](label.utf8))
        wanted.add(Cryptoki.Attribute.id, id)
        for fact in [
            Cryptoki.Attribute.token, Cryptoki.Attribute.isPrivate,
            Cryptoki.Attribute.isSensitive, Cryptoki.Attribute.encrypts,
            Cryptoki.Attribute.decrypts,
        ] {
            wanted.add(fact, true)
        }
        for fact in [
            Cryptoki.Attribute.isExtractable, Cryptoki.Attribute.wraps,
            Cryptoki.Attribute.unwraps,
        ] {
            wanted.add(fact, false)
        }
        return try module.withFunctions { functions throws(TokenError) in
            let generate = try found(functions.C_GenerateKey, "C_GenerateKey")
            return try wanted.withAttributes { attributes, count throws(TokenError) in
                var mechanism = CK_MECHANISM(
                    mechanism: Cryptoki.aesKeyGeneration, parameter: nil, parameterLength: 0)
                var key: CK_OBJECT_HANDLE = 0
                try checkCryptoki(
                    generate(handle, &mechanism, attributes, count, &key), "C_GenerateKey")
                return key
            }
        }
    }

    /// The id of a key, after it was found to be an AES-256 key that never could and never can leave the token.
    func checkedID(of key: CK_OBJECT_HANDLE, label: String) throws(TokenError) -> [UInt8] {
        func fact(_ type: CK_ATTRIBUTE_TYPE) throws(TokenError) -> Bool {
            try attribute(type, of: key) == [1]
        }
        func number(_ type: CK_ATTRIBUTE_TYPE) throws(TokenError) -> CK_ULONG? {
            let bytes = try attribute(type, of: key)
            guard bytes.count == MemoryLayout<CK_ULONG>.size else { return nil }
            return bytes.withUnsafeBytes { $0.loadUnaligned(as: CK_ULONG.self) }
        }
        guard try number(Cryptoki.Attribute.keyType) == Cryptoki.aesKeyType,
            try number(Cryptoki.Attribute.valueLength) == CK_ULONG(RootKey.byteCount)
        else { throw .unfitKey(label: label, reason: "is not an AES-256 key") }
        guard try fact(Cryptoki.Attribute.isSensitive),
            try fact(Cryptoki.Attribute.alwaysSensitive),
            try !fact(Cryptoki.Attribute.isExtractable),
            try fact(Cryptoki.Attribute.neverExtractable)
        else {
            throw .unfitKey(
                label: label, reason: "can leave the token, or once could; make a new one there")
        }
        guard try fact(Cryptoki.Attribute.encrypts), try fact(Cryptoki.Attribute.decrypts) else {
            throw .unfitKey(label: label, reason: "may not encrypt and decrypt")
        }
        return try attribute(Cryptoki.Attribute.id, of: key)
    }

    private func attribute(
        _ type: CK_ATTRIBUTE_TYPE, of key: CK_OBJECT_HANDLE
    ) throws(TokenError) -> [UInt8] {
        try module.withFunctions { functions throws(TokenError) in
            let get = try found(functions.C_GetAttributeValue, "C_GetAttributeValue")
            var room = [UInt8](repeating: 0, count: 256)
            var length: CK_ULONG = 0
            let code = room.withUnsafeMutableBytes { room in
                var attribute = CK_ATTRIBUTE(
                    type: type, value: room.baseAddress, length: CK_ULONG(room.count))
                let code = get(handle, key, &attribute, 1)
                length = attribute.length
                return code
            }
            try checkCryptoki(code, "C_GetAttributeValue")
            return Array(room.prefix(Int(min(length, CK_ULONG(room.count)))))
        }
    }
}
