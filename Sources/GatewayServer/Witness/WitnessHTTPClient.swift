import AsyncHTTPClient
import Foundation
package import Gateway
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
package import TransparencyLog

/// Asks witnesses over HTTP.
///
/// What a witness answers is signed, and what it is sent is public, so `http` addresses weaken nothing but who can
/// keep the two apart; `https` is verified by the system's authorities, or by one certificate authority alone.
package final class WitnessHTTPClient: WitnessLine {
    private let client: HTTPClient
    private let timeout: TimeAmount

    /// - Parameters:
    ///   - authorityFile: PEM certificates that alone are believed for `https`; nil for the system's.
    ///   - timeout: For one request, connecting included.
    /// - Throws: ``WitnessError/unavailable(what:)`` where the file holds no certificate.
    package init(authorityFile: String? = nil, timeout: Duration) throws(WitnessError) {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(timeout), read: TimeAmount(timeout)))
        if let authorityFile {
            do {
                let certificates = try NIOSSLCertificate.fromPEMFile(authorityFile)
                var tls = TLSConfiguration.makeClientConfiguration()
                tls.trustRoots = .certificates(certificates)
                configuration.tlsConfiguration = tls
            } catch {
                throw .unavailable(what: "the witnesses' certificate authority cannot be read")
            }
        }
        self.timeout = TimeAmount(timeout)
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    package func addCheckpoint(
        _ body: [UInt8], at url: String
    ) async throws(WitnessUnreachable) -> WitnessReply {
        let prefix = url.hasSuffix("/") ? String(url.dropLast()) : url
        guard prefix.hasPrefix("https://") || prefix.hasPrefix("http://") else {
            throw WitnessUnreachable(reason: "its address is neither https:// nor http://")
        }
        var request = HTTPClientRequest(url: prefix + "/add-checkpoint")
        request.method = .POST
        request.headers.add(name: "content-type", value: "text/plain; charset=utf-8")
        request.body = .bytes(body)
        do {
            let response = try await client.execute(request, timeout: timeout)
            let bytes = try await response.body.collect(upTo: WitnessReply.bodyBytesMax)
            return WitnessReply(
                status: Int(response.status.code),
                contentType: response.headers.first(name: "content-type"),
                body: Array(bytes.readableBytesView))
        } catch {
            throw WitnessUnreachable(reason: Self.reason(error))
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError:
            switch error {
            case .connectTimeout, .deadlineExceeded, .readTimeout: "it did not answer in time"
            case .invalidURL, .emptyHost, .emptyScheme: "its address cannot be read"
            default: "the connection failed"
            }
        case is NIOConnectionError: "no connection could be made"
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
            "its certificate is not one that is believed here"
        case is NIOTooManyBytesError: "its answer is too long"
        default: "the connection failed"
        }
    }

    /// Closes all connections.
    package func close() async {
        do { try await client.shutdown() } catch {
            // Connections that could not be closed in order end with the process.
            return
        }
    }
}
