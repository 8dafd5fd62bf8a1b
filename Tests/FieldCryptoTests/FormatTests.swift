import FieldCrypto
import TestSupport
import Testing

/// Stored bytes that must open for as long as there are data: a change that fails here breaks every vault.
///
/// Written once by this code and once opened, derived and recomputed by Python's `cryptography` and `hmac`.
@Suite("The format does not change")
struct FormatTests {
    private static let resident = ResidentKeyID(
        high: 0x0011_2233_4455_6677, low: 0x8899_AABB_CCDD_EEFF)

    private static let wrapped: [(KeyKind, String, String)] = [
        (
            .epoch, "",
            """
            639808552856c92b0e91d980caa32c904a315d633ceeb42c22491cbe27ac23b6\
            eb296f39a72de78a2883777a20acdbe3e20ff70f13d711ebf25f2e84
            """
        ),
        (
            .fieldClass, "identity",
            """
            a6bfd31fa1067d0262c0449a891f04eabbdfe266ee139dd8bec280a6d09dcf0f\
            b764871ed9aed8f15e101096f9b65615edfb007c2728e505dfc6af4a
            """
        ),
        (
            .fieldClass, "audit",
            """
            076998e8881198acd58d3447b68a5a59d4ef9a95405992fd11b309856be88b4a\
            5a540982fb8ba7a75a69cfee98e6952c1d9e40fea1c2a25fee75e831
            """
        ),
        (
            .pseudonym, "civil",
            """
            6494b9578cf9d7e22a89204822e732a5643889713e79f979786385f88d58142f\
            f5ae800e77962ddb5b14dc4eee1997ced06d7bf67dfafbf4cded5ebf
            """
        ),
        (
            .blindIndex, "phone",
            """
            1a6bdf8b4cfc0994b4bcc5a835836bbab47f38aa2cffe7fc7d60644b6c827248\
            0ad9e6530baa888b85673bdd97008d3addd9f39acacea5cce8e8d699
            """
        ),
    ]

    private func commitment(_ resident: ResidentKeyID?, _ name: String, _ text: String) throws
        -> KeyCommitment
    {
        KeyCommitment(
            resident: resident, fieldClass: name, classVersion: 1,
            generation: resident == nil ? 0 : 1,
            commitment: try #require(SHA256Digest(hex(text))))
    }

    /// The ring as it was stored when the vectors were made.
    private func ring() throws -> Keyring {
        let store = MemoryKeyStore()
        try store.insert(
            Self.wrapped.map {
                WrappedKey(
                    name: KeyName(kind: $0.0, name: $0.1, version: 1), suite: 1,
                    rootKey: RootKeyName(id: "test", version: 1), wrapped: hex($0.2))
            })
        try store.insert([
            WrappedResidentKey(
                resident: Self.resident, generation: 1, epoch: 1,
                wrapped: hex(
                    """
                    c4f7ff64eee7ceec87bd77df3c0de2e6fedde39b1b3625d32e2916b037281a04\
                    ba31a197bb2ed4735113bd194e1e840489883346c05ab00419faeb51
                    """))
        ])
        try store.insert([
            commitment(
                Self.resident, "identity",
                "e478b69d94a9ab6b594660a1575d923d9bbc82d2f81d8c33a5b89d724b085e1d"),
            commitment(
                nil, "identity",
                "c798a33cf86efa7545d76158a35853cf8938502f642f962e3eda0c9a95fa3b48"),
            commitment(
                nil, "audit", "8bd97033784b577a101bc57c75a95686adcf9b06aaed0bc9787822f6b4140e43"),
        ])
        return try Keyring.open(rootKey: TestRing.rootKey(fill: 7), store: store)
    }

    private let place = FieldAddress(
        tenant: "county-330106", table: "civil_person", resident: FormatTests.resident,
        field: "姓名", fieldClass: "identity", recordVersion: 7)

    @Test("The address is authenticated as these bytes")
    func associatedData() {
        let expected = [
            "00000005", "67772f7631",  // gw/v1
            "0000000d", "636f756e74792d333330313036",  // tenant
            "0000000c", "636976696c5f706572736f6e",  // table
            "00000010", "00112233445566778899aabbccddeeff",  // resident
            "00000006", "e5a793e5908d",  // field
            "00000008", "6964656e74697479",  // class
            "00000001", "01",  // suite
            "00000002", "0102",  // class version
            "00000002", "0304",  // generation
            "00000008", "0000000000000007",  // record version
        ].joined()
        let data = place.associatedData(
            suite: .aes256GCM, classVersion: 0x0102, generation: 0x0304)
        #expect(hexText(data) == expected)
        var system = place
        system.resident = nil
        system.recordVersion = -1
        let systemData = hexText(
            system.associatedData(suite: .aes256GCM, classVersion: 1, generation: 0))
        #expect(systemData.contains("6e" + "00000000" + "00000006"))
        #expect(systemData.hasSuffix("00000008ffffffffffffffff"))
    }

    @Test("A resident's value sealed long ago opens")
    func residentValue() throws {
        let envelope = hex(
            """
            e10100010001e478b69ddbb92ce326bcbd1d6db21297b2c41bb8e1f62a97f434\
            614c5c5a0bc2dc0b55dad5e115dce5a13be065fe8644
            """)
        #expect(try ring().open(envelope, at: place) == Array("张三丰".utf8))
        let header = try Envelope(header: envelope)
        #expect(header.classVersion == 1 && header.generation == 1)
    }

    @Test("A value of no resident sealed long ago opens")
    func systemValue() throws {
        let envelope = hex(
            """
            e101000100008bd97033a32ce7e167c20f7462d8881d058846320778dcb7377c\
            9f1c61d44c5f2d7409fc
            """)
        let place = FieldAddress(
            tenant: "county-330106", table: "audit", resident: nil, field: "detail",
            fieldClass: "audit", recordVersion: -1)
        #expect(try ring().open(envelope, at: place) == [0, 128, 0])
    }

    @Test("Blind indexes and pseudonyms stay what they were")
    func indexes() throws {
        let ring = try ring()
        let number = Array("13800000000".utf8)
        #expect(
            try ring.blindIndex(number, index: "phone", bits: 20)
                == [BlindIndexValue(version: 1, bytes: [0x39, 0x2E, 0xE0])])
        #expect(
            try ring.pseudonyms(of: Self.resident, sector: "subsidy", department: "civil")
                == [Pseudonym(version: 1, text: "zg6okccszmzdkbxriktq")])
    }
}
