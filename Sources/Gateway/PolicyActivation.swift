/// Puts the policy bundle at hand into force, once for each change, with its entry in the log.
package enum PolicyActivation {
    /// - Parameter parts: The parts with the bundle as it was read.
    /// - Throws: ``GatewayError``; where it throws, the bundle decides nothing.
    package static func activate(_ parts: GatewayParts) throws(GatewayError) {
        let hash = parts.policies.hash
        let current = try parts.store.read { reader throws(GatewayError) in
            try reader.policyEpoch()
        }
        if current?.bundleHash == hash { return }
        try parts.write { writer throws(GatewayError) in
            let newest = try writer.policyEpoch()
            if newest?.bundleHash == hash { return }
            let epoch = PolicyEpoch(number: (newest?.number ?? 0) + 1, bundleHash: hash)
            try writer.startPolicyEpoch(epoch)
            _ = try parts.log.append([.policyChange(epoch)], in: writer)
        }
    }
}
