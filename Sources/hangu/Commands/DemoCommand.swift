import ArgumentParser
import Foundation
import Gateway

/// `hangu demo`
struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "x")
    @OptionGroup var options: CommonOptions
    func run() throws {}
}
