/// What authenticates a resident's wrapped key and what derives a field key, byte by byte.
///
/// A resident's field class: HKDF with the class key as salt, the resident's key as input and, as info,
/// "gw/field/v1", suite (1 byte), class, class version (2), generation (2).
///
/// Values of no resident: HKDF with an empty salt, the class key as input and, as info, "gw/system/v1", suite (1),
/// class, class version (2).
///
/// HKDF is over the hash of the class key's family. Output is the suite's key and, behind it, 32 bytes of commitment.
/// A resident's key is wrapped with the associated data "rk", resident id (16), generation (2), epoch (4). All of
/// these are written as ``CanonicalBytes`` are.
enum KeyDerivation {
    static func writeFieldInfo(
        of classKey: ClassKey, generation: UInt16, to canonical: inout CanonicalBytes
    ) {
        canonical.clear()
        canonical.append("gw/field/v1")
        canonical.append(classKey.key.suite.rawValue)
        canonical.append(classKey.key.name.name)
        canonical.append(classKey.version)
        canonical.append(generation)
    }

    static func systemInfo(
        suite: CipherSuite, fieldClass: String, classVersion: UInt16
    ) -> [UInt8] {
        var canonical = CanonicalBytes(capacity: 64)
        canonical.append("gw/system/v1")
        canonical.append(suite.rawValue)
        canonical.append(fieldClass)
        canonical.append(classVersion)
        return canonical.bytes
    }

    static func writeResidentAssociatedData(
        resident: ResidentKeyID, generation: UInt16, epoch: UInt32,
        to canonical: inout CanonicalBytes
    ) {
        canonical.clear()
        canonical.append("rk")
        canonical.append(resident)
        canonical.append(generation)
        canonical.append(epoch)
    }

    /// The system key of a class, for values of no resident; its generation is 0.
    static func systemKey(of classKey: RingKey) throws(FieldCryptoError) -> FieldKey {
        guard let version = UInt16(exactly: classKey.name.version) else {
            throw .ring("\(classKey.name): a class has versions 1 to 65,535")
        }
        let info = systemInfo(
            suite: classKey.suite, fieldClass: classKey.name.name, classVersion: version)
        let secret = try hkdf(
            salt: [], inputKey: classKey.secret, info: info,
            byteCount: FieldKey.byteCount(of: classKey.suite), hash: classKey.suite.family.hash)
        return FieldKey(
            secret: secret, suite: classKey.suite, classVersion: version, generation: 0)
    }
}
