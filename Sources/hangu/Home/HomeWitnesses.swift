import Foundation
import Gateway
import GatewayServer
import TransparencyLog

extension OpenHome {
    /// The policy that `hangu.yaml` names; nil where it names none.
    func witnessPolicy() throws(GatewayError) -> WitnessPolicy? {
        guard let path = configuration.witnessPolicy else { return nil }
        let data: Data
        do { data = try Data(contentsOf: folder.resolved(path)) } catch {
            throw .request(.unreadable("the witness policy '\(path)' cannot be read"))
        }
        do { return try WitnessPolicy(parsing: [UInt8](data), file: path) } catch {
            throw .request(.unreadable("\(error)"))
        }
    }

    /// The desk that asks the home's witnesses; nil where there are none.
    func witnessDesk() throws(GatewayError) -> WitnessDesk? {
        guard let policy = try witnessPolicy() else { return nil }
        return try WitnessDesk(parts, policy: policy)
    }

    /// The way to the home's witnesses.
    ///
    /// - Parameter timeout: For one request.
    /// - Returns: The client; whoever asked for it closes it.
    /// - Throws: ``GatewayError/request(_:)`` where the certificate authority cannot be read.
    func witnessClient(timeout: Duration) throws(GatewayError) -> WitnessHTTPClient {
        do {
            return try WitnessHTTPClient(
                authorityFile: configuration.witnessAuthority.map { folder.resolved($0).path },
                timeout: timeout)
        } catch { throw GatewayError(error) }
    }
}

extension GatewayError {
    /// What a fault of a witness means for whoever runs it.
    init(_ error: WitnessError) {
        switch error {
        case .folder(let reason): self = .request(.unreadable(reason))
        case .logs: self = .request(.unreadable("\(error)"))
        case .busy: self = .store(.busy)
        case .unavailable(let what): self = .store(.unreadable(why: what))
        case .corrupt: self = .store(.corrupt(what: "\(error)"))
        case .log(let error): self = .log(error)
        }
    }
}
