import FieldCrypto
import Foundation
import Gateway
import Glibc

/// A root key as 32 random bytes in a file that only its owner may read.
enum RootKeyFile {
    /// Makes the file, durable before the call returns; an existing one is never replaced.
    static func create(at place: RootKeyPlace) throws(GatewayError) -> RootKey {
        let secret = try inCrypto { () throws(FieldCryptoError) in
            try SecureRandom().secret(RootKey.byteCount)
        }
        try secret.withUnsafeBytes { bytes throws(GatewayError) in
            try PrivateFile.create(bytes, at: place.url, shown: place.shown)
        }
        return try inCrypto { () throws(FieldCryptoError) in
            try RootKey(fileContent: secret, name: place.name)
        }
    }

    /// Reads the file, and refuses one that others may read.
    static func read(_ place: RootKeyPlace) throws(GatewayError) -> RootKey {
        let descriptor = open(place.url.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let reason =
                errno == ENOENT ? "is absent; without it nothing opens" : "cannot be opened"
            throw .store(.unreadable(why: "\(place.shown) \(reason)"))
        }
        defer { Glibc.close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw .store(.unreadable(why: "\(place.shown) cannot be opened"))
        }
        guard status.st_mode & 0o077 == 0 else {
            throw .request(
                .unreadable("\(place.shown) may be read by others; run chmod 400 on it first"))
        }
        var count = 0
        let secret = SecretBytes(count: RootKey.byteCount) { buffer in
            count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        }
        guard count == RootKey.byteCount, status.st_size == RootKey.byteCount else {
            throw .store(.corrupt(what: "\(place.shown) is not 32 bytes"))
        }
        return try inCrypto { () throws(FieldCryptoError) in
            try RootKey(fileContent: secret, name: place.name)
        }
    }

    /// Overwrites and removes the file of a root key.
    ///
    /// What a disk keeps of it beside the file is beyond reach: hence the disk is to be encrypted.
    static func destroy(_ url: URL) throws(GatewayError) {
        chmod(url.path, 0o600)
        let descriptor = open(url.path, O_WRONLY | O_CLOEXEC)
        if descriptor >= 0 {
            let blank = [UInt8](repeating: 0, count: RootKey.byteCount)
            _ = Glibc.write(descriptor, blank, blank.count)
            fsync(descriptor)
            Glibc.close(descriptor)
        }
        guard unlink(url.path) == 0 || errno == ENOENT else {
            throw .store(.unreadable(why: "keys/\(url.lastPathComponent) cannot be removed"))
        }
        try PrivateFile.syncFolder(of: url)
    }
}
