// swift-tools-version: 6.2
import PackageDescription

// Modules stand in layers: words, engines, pipeline, edges, tools. A module depends only on modules above it.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(
    of name: String, named title: String? = nil, _ dependencies: [Target.Dependency] = []
) -> Target {
    .testTarget(
        name: "\(title ?? name)Tests",
        dependencies: [.byName(name: name), "TestSupport"] + dependencies, swiftSettings: strict)
}

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")

let package = Package(
    name: "hangu",
    products: [
        .executable(name: "hangu", targets: ["hangu"]),
        .library(name: "Cedar", targets: ["Cedar"]),
        .library(name: "CedarAnalysis", targets: ["CedarAnalysis", "SolverProcess"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.3.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    ],
    targets: [
        // system libraries
        .systemLibrary(
            name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(
            name: "CQRencode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CPKCS11"),

        // words
        module("JSONText"),
        module("StrictYAML", [.product(name: "Yams", package: "Yams")]),
        module("ResidentModel", ["StrictYAML"]),

        // engines
        .target(name: "Cedar", exclude: ["README.md"], swiftSettings: strict),
        .target(
            name: "CedarAnalysis", dependencies: ["Cedar"], exclude: ["README.md"],
            swiftSettings: strict),
        module("FieldCrypto", ["COpenSSL"]),
        module("TransparencyLog", ["FieldCrypto"]),
        module("Consent", ["ResidentModel"]),
        module("Linkage", ["ResidentModel"]),

        // pipeline
        module(
            "Gateway",
            [
                "Cedar", "Consent", "FieldCrypto", "JSONText", "Linkage", "ResidentModel",
                "StrictYAML", "TransparencyLog",
            ]),

        // edges
        module("Connectors", ["CZlib", "JSONText", "ResidentModel", grdb]),
        module(
            "SQLiteStore",
            ["FieldCrypto", "Gateway", "ResidentModel", "TransparencyLog", grdb]),
        module(
            "GatewayServer",
            [
                "FieldCrypto", "Gateway", "TransparencyLog",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]),
        module("TokenKeys", ["CPKCS11", "FieldCrypto"]),
        module("SolverProcess", ["CedarAnalysis"]),
        module("QRCodes", ["CQRencode"]),

        // tools
        module("DemoData", ["CZlib", "ResidentModel", grdb]),
        module(
            "PolicyTesting",
            ["Cedar", "Consent", "Gateway", "JSONText", "ResidentModel", "StrictYAML"]),

        .executableTarget(
            name: "hangu",
            dependencies: [
                "Cedar", "CedarAnalysis", "Connectors", "Consent", "DemoData", "FieldCrypto",
                "Gateway", "GatewayServer", "JSONText", "PolicyTesting", "QRCodes",
                "ResidentModel",
                "SQLiteStore", "SolverProcess", "StrictYAML", "TokenKeys", "TransparencyLog",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: strict),

        // tests
        .target(
            name: "TestSupport", dependencies: ["FieldCrypto", "ResidentModel"],
            path: "Tests/TestSupport",
            swiftSettings: strict),
        tests(of: "JSONText"),
        tests(of: "StrictYAML"),
        tests(of: "ResidentModel", ["StrictYAML"]),
        tests(of: "Cedar"),
        tests(of: "CedarAnalysis", ["Cedar", "SolverProcess"]),
        tests(of: "FieldCrypto", ["COpenSSL"]),
        tests(of: "TransparencyLog", ["FieldCrypto"]),
        tests(of: "Consent", ["ResidentModel", "StrictYAML"]),
        tests(of: "Linkage", ["ResidentModel"]),
        tests(of: "QRCodes", ["FieldCrypto"]),
        tests(
            of: "Gateway",
            [
                "Consent", "FieldCrypto", "JSONText", "Linkage", "ResidentModel", "SQLiteStore",
                "StrictYAML", "TransparencyLog", grdb,
            ]),
        tests(of: "hangu", named: "Hangu", ["DemoData", "ResidentModel", "StrictYAML", grdb]),
        tests(of: "GatewayServer", ["FieldCrypto", "Gateway", "TransparencyLog"]),
        tests(of: "SQLiteStore", ["FieldCrypto", "Gateway", "ResidentModel", grdb]),
        tests(of: "TokenKeys", ["FieldCrypto"]),
        tests(of: "Connectors", ["CZlib", "JSONText", "ResidentModel", grdb]),
        tests(of: "DemoData", ["Connectors", "ResidentModel", grdb]),
        tests(
            of: "PolicyTesting", ["Cedar", "Gateway", "JSONText", "ResidentModel", "StrictYAML"]),
    ]
)
