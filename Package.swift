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

let package = Package(
    name: "hangu",
    dependencies: [
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // words
        .target(
            name: "StrictYAML", dependencies: [.product(name: "Yams", package: "Yams")],
            swiftSettings: strict),
        .target(name: "ResidentModel", dependencies: ["StrictYAML"], swiftSettings: strict),

        // tests
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    ]
)
