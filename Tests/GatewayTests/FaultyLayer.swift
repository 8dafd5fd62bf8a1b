import Foundation
import GRDBSQLite
import Synchronization

/// SQLite's default file layer with ``FaultyDisk`` between; registered once for the whole test program.
enum FaultyLayer {
    /// An open file: the head that SQLite knows, the real file behind it, and which of the two databases' files it is.
    private struct Head {
        var base: sqlite3_file
        /// 0 for `hangu.db`, 1 for its log.
        var kind: Int
    }

    private static let names = ["hangu.db", "hangu.db-wal"]
    private static let headByteCount = 64

    static let isRegistered: Bool = {
        guard let real = sqlite3_vfs_find(nil) else { return false }
        let layer = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        layer.initialize(to: real.pointee)
        layer.pointee.szOsFile = real.pointee.szOsFile + Int32(headByteCount)
        layer.pointee.pNext = nil
        layer.pointee.pAppData = UnsafeMutableRawPointer(real)
        layer.pointee.zName = UnsafePointer(strdup("faulty"))
        layer.pointee.xOpen = { layer, name, file, flags, outFlags in
            guard let layer, let file,
                let real = layer.pointee.pAppData?.assumingMemoryBound(to: sqlite3_vfs.self)
            else { return SQLITE_CANTOPEN }
            guard let kind = kind(of: name) else {
                return real.pointee.xOpen(real, name, file, flags, outFlags)
            }
            let behind = FaultyLayer.real(file)
            let code = real.pointee.xOpen(real, name, behind, flags, outFlags)
            let head = UnsafeMutableRawPointer(file).assumingMemoryBound(to: Head.self)
            head.pointee.kind = kind
            head.pointee.base.pMethods = code == SQLITE_OK ? methods : nil
            return code
        }
        return sqlite3_vfs_register(layer, 1) == SQLITE_OK
    }()

    private static func kind(of name: UnsafePointer<CChar>?) -> Int? {
        guard let name else { return nil }
        let path = String(cString: name)
        let folder = FaultyDisk.state.withLock { $0.folder }
        guard !folder.isEmpty, path.hasPrefix(folder + "/") else { return nil }
        return names.firstIndex(of: String(path.dropFirst(folder.count + 1)))
    }

    private static func real(
        _ file: UnsafeMutablePointer<sqlite3_file>
    ) -> UnsafeMutablePointer<sqlite3_file> {
        (UnsafeMutableRawPointer(file) + headByteCount).assumingMemoryBound(to: sqlite3_file.self)
    }

    private static func name(_ file: UnsafeMutablePointer<sqlite3_file>) -> String {
        names[UnsafeMutableRawPointer(file).assumingMemoryBound(to: Head.self).pointee.kind]
    }

    /// The calls of a file; those that change nothing go straight through.
    private nonisolated(unsafe) static let methods: UnsafePointer<sqlite3_io_methods> = {
        let table = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
        table.initialize(to: sqlite3_io_methods())
        table.pointee.iVersion = 2
        addChanges(to: table)
        addReads(to: table)
        addSharedMemory(to: table)
        return UnsafePointer(table)
    }()

    private static func addChanges(to table: UnsafeMutablePointer<sqlite3_io_methods>) {
        table.pointee.xWrite = { file, bytes, count, offset in
            guard let file, let bytes else { return SQLITE_IOERR }
            let name = FaultyLayer.name(file)
            let (isDone, fails) = FaultyDisk.decide(.write, name)
            var code = SQLITE_OK
            if isDone {
                let real = FaultyLayer.real(file)
                code = real.pointee.pMethods.pointee.xWrite(real, bytes, count, offset)
                let copy = [UInt8](UnsafeRawBufferPointer(start: bytes, count: Int(count)))
                FaultyDisk.done(name, .write(offset: Int(offset), bytes: copy))
            }
            return fails ? SQLITE_FULL : code
        }
        table.pointee.xTruncate = { file, size in
            guard let file else { return SQLITE_IOERR }
            let name = FaultyLayer.name(file)
            let (isDone, fails) = FaultyDisk.decide(.truncate, name)
            var code = SQLITE_OK
            if isDone {
                let real = FaultyLayer.real(file)
                code = real.pointee.pMethods.pointee.xTruncate(real, size)
                FaultyDisk.done(name, .truncate(Int(size)))
            }
            return fails ? SQLITE_IOERR : code
        }
        table.pointee.xSync = { file, flags in
            guard let file else { return SQLITE_IOERR }
            let name = FaultyLayer.name(file)
            let (isDone, fails) = FaultyDisk.decide(.sync, name)
            // The real disk need not be waited for: what counts as synced is kept by ``FaultyDisk``.
            if isDone { FaultyDisk.done(name, nil) }
            return fails ? SQLITE_IOERR : SQLITE_OK
        }
    }

    private static func addReads(to table: UnsafeMutablePointer<sqlite3_io_methods>) {
        table.pointee.xClose = { file in
            guard let file else { return SQLITE_OK }
            let real = FaultyLayer.real(file)
            return real.pointee.pMethods.pointee.xClose(real)
        }
        table.pointee.xRead = { file, bytes, count, offset in
            guard let file else { return SQLITE_IOERR }
            let real = FaultyLayer.real(file)
            return real.pointee.pMethods.pointee.xRead(real, bytes, count, offset)
        }
        table.pointee.xFileSize = { file, size in
            guard let file else { return SQLITE_IOERR }
            let real = FaultyLayer.real(file)
            return real.pointee.pMethods.pointee.xFileSize(real, size)
        }
        table.pointee.xLock = { file, level in
            guard let file else { return SQLITE_IOERR }
            let real = FaultyLayer.real(file)
            return real.pointee.pMethods.pointee.xLock(real, level)
        }
        table.pointee.xUnlock = { file, level in
            guard let file else { return SQLITE_IOERR }
            let real = FaultyLayer.real(file)
            return real.pointee.pMethods.pointee.xUnlock(real, level)
        }
        table.pointee.xCheckReservedLock = { file, found in
            guard let file else { return SQLITE_IOERR }
            let real = FaultyLayer.real(file)
            return real.pointee.pMethods.pointee.xCheckReservedLock(real, found)
        }
        table.pointee.xFileControl = { file, operation, argument in
            guard let file else { return SQLITE_NOTFOUND }
            let real = FaultyLayer.real(file)
            return real.pointee.pMethods.pointee.xFileControl(real, operation, argument)
        }
        table.pointee.xSectorSize = { _ in 512 }
        // No promise about what a power cut leaves of a write.
        table.pointee.xDeviceCharacteristics = { _ in 0 }
    }

    private static func addSharedMemory(to table: UnsafeMutablePointer<sqlite3_io_methods>) {
        table.pointee.xShmMap = { file, page, size, extend, found in
            guard let file else { return SQLITE_IOERR }
            let real = FaultyLayer.real(file)
            return real.pointee.pMethods.pointee.xShmMap(real, page, size, extend, found)
        }
        table.pointee.xShmLock = { file, offset, count, flags in
            guard let file else { return SQLITE_IOERR }
            let real = FaultyLayer.real(file)
            return real.pointee.pMethods.pointee.xShmLock(real, offset, count, flags)
        }
        table.pointee.xShmBarrier = { file in
            guard let file else { return }
            let real = FaultyLayer.real(file)
            real.pointee.pMethods.pointee.xShmBarrier(real)
        }
        table.pointee.xShmUnmap = { file, isDeleting in
            guard let file else { return SQLITE_OK }
            let real = FaultyLayer.real(file)
            return real.pointee.pMethods.pointee.xShmUnmap(real, isDeleting)
        }
    }
}
