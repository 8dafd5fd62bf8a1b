import Gateway
import ResidentModel
import SQLiteStore

/// Pulls every declared source of a home, stream by stream.
struct Pulling {
    let home: OpenHome

    /// What became of one stream.
    struct Outcome {
        let stream: StreamName
        let report: StreamReport?
        let error: GatewayError?
    }

    /// - Parameters:
    ///   - names: The sources to pull; empty for all.
    ///   - progress: As for ``IngestPath/pull(_:at:from:limits:progress:)``.
    /// - Returns: One outcome for each stream. A stream that fails does not keep the others from being pulled.
    /// - Throws: ``GatewayError``.
    func run(
        only names: [String], progress: (StreamReport) -> Bool
    ) throws(GatewayError) -> [Outcome] {
        let lock = try HomeLock(home.folder.pullLock)
        defer { withExtendedLifetime(lock) {} }
        // Everything is known to be there before anything is read.
        let sources = home.configuration.sources
        for name in names where !sources.contains(where: { $0.name.text == name }) {
            throw .request(.unreadable("'\(name)' is not a source of hangu.yaml"))
        }
        for source in sources where home.mappings[source.mapping] == nil {
            throw .request(
                .unreadable("hangu.yaml: source '\(source.name)': no mapping '\(source.mapping)'"))
        }
        try removeOrphanedKeys()
        var outcomes: [Outcome] = []
        for declaration in sources
        where names.isEmpty || names.contains(declaration.name.text) {
            guard let mapping = home.mappings[declaration.mapping] else { continue }
            outcomes += try pull(declaration, mapping: mapping, progress: progress)
        }
        return outcomes
    }

    private func pull(
        _ declaration: SourceDeclaration, mapping: SourceMapping,
        progress: (StreamReport) -> Bool
    ) throws(GatewayError) -> [Outcome] {
        let source = SourceFactory.make(declaration, mapping: mapping, folder: home.folder)
        let path = IngestPath(home.parts)
        var outcomes: [Outcome] = []
        for stream in mapping.streams {
            let name = StreamName(source: declaration.name, stream: stream.name)
            // What was stored before a fault stays stored, so it is reported too.
            var last: StreamReport?
            do {
                let report = try path.pull(
                    stream, at: stream.location, from: source,
                    progress: { report in
                        last = report
                        return progress(report)
                    })
                outcomes.append(Outcome(stream: name, report: report, error: nil))
            } catch {
                guard case .source = error else { throw error }
                outcomes.append(Outcome(stream: name, report: last, error: error))
            }
        }
        return outcomes
    }

    private func removeOrphanedKeys() throws(GatewayError) {
        let count = try home.parts.store.read { reader throws(GatewayError) in
            try reader.residentCount()
        }
        _ = try home.keyDatabase.removeOrphans(storedCount: count) { id throws(GatewayError) in
            try home.parts.store.read { reader throws(GatewayError) in
                try reader.resident(id) != nil
            }
        }
    }
}
