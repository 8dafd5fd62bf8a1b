package import ResidentModel
package import StrictYAML

/// What `hangu.yaml` of a home declares.
package struct HomeConfiguration: Sendable {
    /// The name of the gateway's organisation; bound into every ciphertext, so it never changes.
    package let tenant: String
    /// The audit log's name; it never changes either.
    package let logOrigin: String
    /// The folder of catalogue and rules, relative to the home.
    package let policies: String
    /// The file that names the log's witnesses (C2SP tlog-policy), relative to the home; nil where there are none.
    package let witnessPolicy: String?
    /// PEM certificates that alone are believed for witnesses at `https` addresses; nil for the system's.
    package let witnessAuthority: String?
    /// In the order of pulling.
    package let sources: [SourceDeclaration]

    package init(
        tenant: String, logOrigin: String, policies: String, sources: [SourceDeclaration]
    ) {
        witnessPolicy = nil
        witnessAuthority = nil
        self.tenant = tenant
        self.logOrigin = logOrigin
        self.policies = policies
        self.sources = sources
    }

    /// - Throws: ``YAMLError`` at the first fault.
    package init(_ root: YAMLNode) throws(YAMLError) {
        var fields = try YAMLFields(root)
        try checkFormat(&fields, name: "config", version: 1)
        let tenantNode = try fields.required("tenant")
        tenant = try tenantNode.text()
        guard isName(tenant, separators: [UInt8(ascii: "-")], lengthMax: 64) else {
            throw YAMLError(
                "expected lower-case letters, digits and '-', at most 64", at: tenantNode.position)
        }
        logOrigin = try fields.required("log-origin").text()
        policies = try fields.required("policies").text()
        witnessPolicy = try fields.optional("witness-policy")?.text()
        witnessAuthority = try fields.optional("witness-authority")?.text()
        var sources: [SourceDeclaration] = []
        for node in try fields.required("sources").sequence() {
            let source = try SourceDeclaration(node)
            guard !sources.contains(where: { $0.name == source.name }) else {
                throw YAMLError("the source '\(source.name)' stands here twice", at: node.position)
            }
            sources.append(source)
        }
        self.sources = sources
        try fields.finish()
    }

    /// The file as `hangu init` writes it.
    package var yaml: String {
        var lines = [
            "format: hangu/config/1",
            "# Bound into every ciphertext and into the log: never change these two.",
            "tenant: \(tenant)", "log-origin: \(logOrigin)", "policies: \(quoted(policies))",
        ]
        lines.append(sources.isEmpty ? "sources: []" : "sources:")
        for source in sources {
            lines.append("  - name: \(source.name)")
            lines.append("    mapping: \(source.mapping)")
            lines.append("    path: \(quoted(source.path))")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func quoted(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(escaped)\""
    }
}

/// One source that a home pulls from.
package struct SourceDeclaration: Hashable, Sendable {
    package let name: SourceName
    /// The mapping's name: a file of `catalogue/sources`.
    package let mapping: String
    /// The folder, database or dump, relative to the home.
    package let path: String

    package init(name: SourceName, mapping: String, path: String) {
        self.name = name
        self.mapping = mapping
        self.path = path
    }

    init(_ node: YAMLNode) throws(YAMLError) {
        var fields = try YAMLFields(node)
        let nameNode = try fields.required("name")
        let text = try nameNode.text()
        guard isName(text, separators: [UInt8(ascii: "-")], lengthMax: 48) else {
            throw YAMLError("'\(text)' is no source name", at: nameNode.position)
        }
        name = SourceName(text)
        mapping = try fields.required("mapping").text()
        path = try fields.required("path").text()
        try fields.finish()
    }
}
