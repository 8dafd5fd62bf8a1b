import TransparencyLog

import Gateway

extension FaultyTransaction {
    func cosigned(below size: UInt64, limit: Int) throws(GatewayError) -> [StoredCheckpoint] {
        try asking { base throws(GatewayError) in try base.cosigned(below: size, limit: limit) }
    }
    func cosigned(of size: UInt64) throws(GatewayError) -> StoredCheckpoint? {
        try asking { base throws(GatewayError) in try base.cosigned(of: size) }
    }
    func witnessStandings() throws(GatewayError) -> [WitnessStanding] {
        try asking { base throws(GatewayError) in try base.witnessStandings() }
    }
    func putCosigned(_ checkpoint: StoredCheckpoint) throws(GatewayError) {
        try changing { base throws(GatewayError) in try base.putCosigned(checkpoint) }
    }
    func putWitnessStanding(_ standing: WitnessStanding) throws(GatewayError) {
        try changing { base throws(GatewayError) in try base.putWitnessStanding(standing) }
    }
    func mapEntry(of resident: ResidentNumber) throws(GatewayError) -> MapEntry? {
        try asking { base throws(GatewayError) in try base.mapEntry(of: resident) }
    }
    func mapEntries(inBucket bucket: UInt16) throws(GatewayError) -> [MapEntry] {
        try asking { base throws(GatewayError) in try base.mapEntries(inBucket: bucket) }
    }
    func mapPage(_ number: Int) throws(GatewayError) -> [UInt8]? {
        try asking { base throws(GatewayError) in try base.mapPage(number) }
    }
    func newestMapRoot() throws(GatewayError) -> StoredMapRoot? {
        try asking { base throws(GatewayError) in try base.newestMapRoot() }
    }
    func entryCounts(
        from index: UInt64
    ) throws(GatewayError) -> [(resident: ResidentNumber, count: UInt64)] {
        try asking { base throws(GatewayError) in try base.entryCounts(from: index) }
    }
    func putMapEntry(_ entry: MapEntry, of resident: ResidentNumber) throws(GatewayError) {
        try changing { base throws(GatewayError) in try base.putMapEntry(entry, of: resident) }
    }
    func putMapPage(_ number: Int, _ bytes: [UInt8]) throws(GatewayError) {
        try changing { base throws(GatewayError) in try base.putMapPage(number, bytes) }
    }
    func putMapRoot(_ root: StoredMapRoot) throws(GatewayError) {
        try changing { base throws(GatewayError) in try base.putMapRoot(root) }
    }
}
