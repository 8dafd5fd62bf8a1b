import Cedar

/// Addresses as the solver has them.
///
/// Four forms, so that every term of the sort is exactly one value: a single address or one with a shorter prefix, of
/// either family.
enum AddressTheory {
    static let declarations = """
        (declare-datatypes ((IP 0)) (((ip4 (ip4.bits (_ BitVec 32)))
          (net4 (net4.bits (_ BitVec 32)) (net4.prefix (_ BitVec 5)))
          (ip6 (ip6.bits (_ BitVec 128)))
          (net6 (net6.bits (_ BitVec 128)) (net6.prefix (_ BitVec 7))))))
        (define-fun ip.isIpv4 ((x IP)) Bool (or ((_ is ip4) x) ((_ is net4) x)))
        (define-fun ip.isIpv6 ((x IP)) Bool (not (ip.isIpv4 x)))
        (define-fun ip.bits4 ((x IP)) (_ BitVec 32) (ite ((_ is ip4) x) (ip4.bits x) (net4.bits x)))
        (define-fun ip.bits6 ((x IP)) (_ BitVec 128) (ite ((_ is ip6) x) (ip6.bits x) (net6.bits x)))
        (define-fun ip.prefix4 ((x IP)) (_ BitVec 32)
          (ite ((_ is ip4) x) (_ bv32 32) ((_ zero_extend 27) (net4.prefix x))))
        (define-fun ip.prefix6 ((x IP)) (_ BitVec 128)
          (ite ((_ is ip6) x) (_ bv128 128) ((_ zero_extend 121) (net6.prefix x))))
        (define-fun ip.isInRange ((x IP) (y IP)) Bool
          (ite (ip.isIpv4 y)
            (and (ip.isIpv4 x) (bvuge (ip.prefix4 x) (ip.prefix4 y))
              (= (bvlshr (bvxor (ip.bits4 x) (ip.bits4 y)) (bvsub (_ bv32 32) (ip.prefix4 y))) (_ bv0 32)))
            (and (ip.isIpv6 x) (bvuge (ip.prefix6 x) (ip.prefix6 y))
              (= (bvlshr (bvxor (ip.bits6 x) (ip.bits6 y)) (bvsub (_ bv128 128) (ip.prefix6 y))) (_ bv0 128)))))
        (define-fun ip.isLoopback ((x IP)) Bool
          (ite (ip.isIpv4 x)
            (and (= ((_ extract 31 24) (ip.bits4 x)) #x7f) (bvuge (ip.prefix4 x) (_ bv8 32)))
            (= x (ip6 (_ bv1 128)))))
        (define-fun ip.isMulticast ((x IP)) Bool
          (ite (ip.isIpv4 x)
            (and (= ((_ extract 31 28) (ip.bits4 x)) #xe) (bvuge (ip.prefix4 x) (_ bv4 32)))
            (and (= ((_ extract 127 120) (ip.bits6 x)) #xff) (bvuge (ip.prefix6 x) (_ bv8 128)))))
        """

    /// The term that is an address.
    static func literal(_ address: IPAddressValue) -> String {
        func hex(_ bits: UInt64, _ width: Int) -> String {
            Arithmetic.padded(String(bits, radix: 16), to: width)
        }
        let prefix = address.prefixBits
        if address.isIPv6 {
            let bits = "#x" + hex(address.high, 16) + hex(address.low, 16)
            return prefix == 128 ? "(ip6 \(bits))" : "(net6 \(bits) (_ bv\(prefix) 7))"
        }
        let bits = "#x" + hex(address.low, 8)
        return prefix == 32 ? "(ip4 \(bits))" : "(net4 \(bits) (_ bv\(prefix) 5))"
    }

    /// The address that a constructor with its arguments is, given as bits; nil for anything else.
    static func value(_ constructor: String, _ arguments: [String]) -> IPAddressValue? {
        guard let bits = arguments.first else { return nil }
        let groups = constructor.hasSuffix("4") ? 8 : 16
        var parts: [UInt32] = []
        var rest = bits[...]
        while !rest.isEmpty {
            guard let part = UInt32(rest.prefix(groups), radix: 2) else { return nil }
            parts.append(part)
            rest = rest.dropFirst(groups)
        }
        let isFour = groups == 8
        guard parts.count == (isFour ? 4 : 8) else { return nil }
        var text = parts.map { String($0, radix: isFour ? 10 : 16) }
            .joined(separator: isFour ? "." : ":")
        if arguments.count == 2 {
            guard let prefix = UInt8(arguments[1], radix: 2) else { return nil }
            text += "/\(prefix)"
        }
        return IPAddressValue(text)
    }
}
