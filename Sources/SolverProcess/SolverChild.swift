import CedarAnalysis
import Glibc

/// A solver's process.
struct SolverChild {
    /// How a process ended.
    enum End: Equatable {
        case exit(status: Int32)
        case signal(Int32)
        case timeOver
    }

    private let id: pid_t

    /// Starts a program with two files as its standard input and output; what it says of errors is dropped.
    ///
    /// A shell sets the bounds and then becomes the program, since the system has no call that starts a program
    /// with bounds of its own.
    init(
        _ location: String, _ arguments: [String], input: UnnamedFile, output: UnnamedFile,
        memoryBytes: Int, outputBytes: Int
    ) throws(SolverFailure) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input.descriptor, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output.descriptor, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        let bounds = "ulimit -c 0; ulimit -v \(memoryBytes / 1_024); ulimit -f \(outputBytes / 512)"
        let command = ["sh", "-c", "\(bounds); exec \"$0\" \"$@\"", location] + arguments
        var words = command.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var child: pid_t = 0
        let fault = posix_spawn(&child, "/bin/sh", &actions, nil, &words, environ)
        guard fault == 0 else {
            throw .notStarted(program: location, why: String(cString: strerror(fault)))
        }
        id = child
    }

    /// Waits for the end; ends the process when the time is over.
    func wait(milliseconds: Int) -> End {
        let start = ContinuousClock.now
        let limit = Duration.milliseconds(milliseconds)
        // Short at first, since most questions are answered within milliseconds.
        var pauseMicroseconds: UInt32 = 200
        var status: Int32 = 0
        while true {
            let ended = waitpid(id, &status, WNOHANG)
            if ended == id { return Self.end(status) }
            if ended < 0, errno != EINTR { return .exit(status: -1) }
            if start.duration(to: .now) > limit {
                kill(id, SIGKILL)
                while waitpid(id, &status, 0) < 0, errno == EINTR {}
                return .timeOver
            }
            usleep(pauseMicroseconds)
            pauseMicroseconds = min(pauseMicroseconds * 2, 5_000)
        }
    }

    private static func end(_ status: Int32) -> End {
        let signal = status & 0x7f
        return signal == 0 ? .exit(status: status >> 8 & 0xff) : .signal(signal)
    }
}
