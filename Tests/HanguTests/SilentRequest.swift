import Glibc
import Testing

/// A request to a witness whose answer nobody reads.
struct SilentRequest {
    private let descriptor: Int32

    init(_ body: String, port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(connected == 0)
        let bytes = Array(
            ("POST /add-checkpoint HTTP/1.1\r\nhost: w\r\ncontent-length: \(body.utf8.count)\r\n\r\n"
                + body).utf8)
        let sent = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        try #require(sent == bytes.count)
    }

    func close() { Glibc.close(descriptor) }
}
