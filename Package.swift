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
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // system libraries
        .systemLibrary(
            name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CPKCS11"),

        // words
        module("JSONText"),
        module("StrictYAML", [.product(name: "Yams", package: "Yams")]),
        module("ResidentModel", ["StrictYAML"]),

        // engines
        .target(name: "Cedar", exclude: ["README.md"], swiftSettings: strict),
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
        module("SQLiteStore", ["FieldCrypto", "Gateway", "ResidentModel", grdb]),
        module("TokenKeys", ["CPKCS11", "FieldCrypto"]),

        // tools
        module("DemoData", ["CZlib", "ResidentModel", grdb]),

        .executableTarget(
            name: "hangu",
            dependencies: [
                "Cedar", "Connectors", "Consent", "DemoData", "FieldCrypto", "Gateway",
                "JSONText",
                "ResidentModel",
                "SQLiteStore", "StrictYAML", "TokenKeys", "TransparencyLog",
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
        tests(of: "FieldCrypto", ["COpenSSL"]),
        tests(of: "TransparencyLog", ["FieldCrypto"]),
        tests(of: "Consent", ["ResidentModel", "StrictYAML"]),
        tests(of: "Linkage", ["ResidentModel"]),
        tests(
            of: "Gateway",
            [
                "Consent", "FieldCrypto", "JSONText", "Linkage", "ResidentModel", "SQLiteStore",
                "StrictYAML", "TransparencyLog", grdb,
            ]),
        tests(of: "hangu", named: "Hangu", ["DemoData", "ResidentModel", "StrictYAML", grdb]),
        tests(of: "SQLiteStore", ["FieldCrypto", "Gateway", "ResidentModel", grdb]),
        tests(of: "TokenKeys", ["FieldCrypto"]),
        tests(of: "Connectors", ["CZlib", "JSONText", "ResidentModel", grdb]),
        tests(of: "DemoData", ["Connectors", "ResidentModel", grdb]),
    ]
)
