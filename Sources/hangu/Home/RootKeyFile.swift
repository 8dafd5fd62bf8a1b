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
            try write(bytes, at: place)
        }
        return try inCrypto { () throws(FieldCryptoError) in
            try RootKey(fileContent: secret, name: place.name)
        }
    }

    /// Writes a new file with mode 0400; file and folder are durable when it returns.
    static func write(
        _ content: UnsafeRawBufferPointer, at place: RootKeyPlace
    ) throws(GatewayError) {
        let descriptor = open(place.url.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o400)
        guard descriptor >= 0 else {
            throw .request(.unreadable("\(place.shown) cannot be made: it may be there already"))
        }
        let written = Glibc.write(descriptor, content.baseAddress, content.count)
        let isDurable = written == content.count && fsync(descriptor) == 0
        Glibc.close(descriptor)
        guard isDurable else {
            unlink(place.url.path)
            throw .store(.diskFull)
        }
        try syncFolder(of: place.url)
    }

    /// Makes what was added to or removed from a folder durable.
    static func syncFolder(of url: URL) throws(GatewayError) {
        let folder = open(url.deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw .store(.unreadable(why: "a folder cannot be opened")) }
        defer { Glibc.close(folder) }
        guard fsync(folder) == 0 else { throw .store(.diskFull) }
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
        try syncFolder(of: url)
    }
}
