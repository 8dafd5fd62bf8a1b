import CPKCS11
import Glibc
import Synchronization

/// A PKCS#11 module in this process: loaded and initialised once, however many keys use it.
///
/// Every call is made under one lock. Root keys are used at start and at rotation only, and a token works through
/// one queue of its own anyway.
final class TokenModule: Sendable {
    let path: String
    /// Safe to share: the module fills the list once and keeps it for as long as it is loaded, that is for good.
    private nonisolated(unsafe) let functions: UnsafeMutablePointer<CK_FUNCTION_LIST>
    /// Whether it was initialised here, so that it is finalised here.
    private let isOurs: Bool
    /// Held while calls are made.
    private let turn = Mutex(())

    /// Every module in use, by its real path, and how many keys use it.
    private static let loaded = Mutex<[String: (module: TokenModule, users: Int)]>([:])

    private init(path: String) throws(TokenError) {
        self.path = path
        functions = try Self.functionList(of: path)
        var arguments = CK_C_INITIALIZE_ARGS()
        arguments.flags = Cryptoki.osLockingFlag
        let initialize = try found(functions.pointee.C_Initialize, "C_Initialize")
        let code = initialize(&arguments)
        isOurs = code != Cryptoki.alreadyInitialized
        if isOurs, code != Cryptoki.ok {
            throw .notStarted(path: path, code: UInt(code))
        }
    }

    /// The module of a path, loaded where it is not yet.
    ///
    /// - Parameter path: An absolute path. Code is loaded from it, so nobody but the owner may be able to change it.
    /// - Returns: The module, to be released by who acquired it.
    /// - Throws: ``TokenError/module(path:reason:)``.
    static func acquire(_ path: String) throws(TokenError) -> TokenModule {
        let real = try realPath(of: path)
        return try loaded.withLock { loaded throws(TokenError) in
            if let known = loaded[real] {
                loaded[real] = (known.module, known.users + 1)
                return known.module
            }
            let module = try TokenModule(path: real)
            loaded[real] = (module, 1)
            return module
        }
    }

    /// Lets go of the module; with its last user it is finalised.
    ///
    /// It stays loaded: modules are known to leave threads and exit handlers behind.
    func release() {
        Self.loaded.withLock { loaded in
            guard let known = loaded[path] else { return }
            loaded[path] = known.users > 1 ? (self, known.users - 1) : nil
            if known.users > 1 { return }
            if isOurs { turn.withLock { _ in _ = functions.pointee.C_Finalize?(nil) } }
        }
    }

    /// Makes calls, none of another user's between them.
    func withFunctions<Result>(
        _ body: (borrowing CK_FUNCTION_LIST) throws(TokenError) -> Result
    ) throws(TokenError) -> Result {
        try turn.withLock { _ throws(TokenError) in try body(functions.pointee) }
    }

    private static func realPath(of path: String) throws(TokenError) -> String {
        guard path.hasPrefix("/") else {
            throw .module(path: path, reason: "expected an absolute path")
        }
        guard let resolved = realpath(path, nil) else {
            throw .module(path: path, reason: "the file is absent")
        }
        defer { free(resolved) }
        var status = stat()
        guard stat(resolved, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .module(path: path, reason: "expected a file")
        }
        guard status.st_mode & 0o022 == 0 else {
            throw .module(path: path, reason: "others may change the file, so it is not loaded")
        }
        return String(cString: resolved)
    }

    private static func functionList(
        of path: String
    ) throws(TokenError) -> UnsafeMutablePointer<CK_FUNCTION_LIST> {
        guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            throw .module(path: path, reason: "it is no library that can be loaded here")
        }
        guard let symbol = dlsym(handle, "C_GetFunctionList") else {
            dlclose(handle)
            throw .module(path: path, reason: "it has no C_GetFunctionList")
        }
        typealias GetFunctionList =
            @convention(c) (
                UnsafeMutablePointer<UnsafeMutablePointer<CK_FUNCTION_LIST>?>
            ) -> CK_RV
        let getFunctionList = unsafeBitCast(symbol, to: GetFunctionList.self)
        var list: UnsafeMutablePointer<CK_FUNCTION_LIST>?
        guard getFunctionList(&list) == Cryptoki.ok, let list, list.pointee.version.major >= 2
        else {
            throw .module(path: path, reason: "it gives no list of functions of Cryptoki 2")
        }
        return list
    }
}

/// A function of a module that may lack it.
func found<Function>(
    _ function: Function?, _ name: String
) throws(TokenError) -> Function {
    guard let function else { throw .failed(call: name, code: 0x54) }
    return function
}
