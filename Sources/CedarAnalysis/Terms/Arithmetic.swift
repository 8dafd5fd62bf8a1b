/// How 64-bit numbers are put to the solver.
///
/// Both are exact. Integers are quick at sums, bounds and division by constants; bit vectors decide products, which
/// integers may leave open.
enum Arithmetic {
    case integers
    case bitVectors

    func literal(_ number: Int64) -> String {
        switch self {
        case .integers: number < 0 ? "(- \(number.magnitude))" : "\(number)"
        case .bitVectors: "#x" + Self.padded(String(UInt64(bitPattern: number), radix: 16), to: 16)
        }
    }

    static func padded(_ digits: String, to width: Int) -> String {
        String(repeating: "0", count: max(width - digits.count, 0)) + digits
    }

    /// Functions that every script starts with: each operation with the test of whether it leaves the 64 bits.
    var prelude: String {
        switch self {
        case .integers:
            """
            (define-sort Long () Int)
            (define-fun long.fits ((x Int)) Bool
              (and (<= (- 9223372036854775808) x) (<= x 9223372036854775807)))
            (define-fun long.less ((x Int) (y Int)) Bool (< x y))
            (define-fun long.atMost ((x Int) (y Int)) Bool (<= x y))
            (define-fun long.add ((x Int) (y Int)) Int (+ x y))
            (define-fun long.subtract ((x Int) (y Int)) Int (- x y))
            (define-fun long.multiply ((x Int) (y Int)) Int (* x y))
            (define-fun long.addOverflows ((x Int) (y Int)) Bool (not (long.fits (+ x y))))
            (define-fun long.subtractOverflows ((x Int) (y Int)) Bool (not (long.fits (- x y))))
            (define-fun long.multiplyOverflows ((x Int) (y Int)) Bool (not (long.fits (* x y))))
            (define-fun long.quotient ((x Int) (d Int)) Int (ite (>= x 0) (div x d) (- (div (- x) d))))
            (define-fun long.remainder ((x Int) (d Int)) Int (mod x d))
            """
        case .bitVectors:
            """
            (define-sort Long () (_ BitVec 64))
            (define-fun long.fits ((x Long)) Bool true)
            (define-fun long.less ((x Long) (y Long)) Bool (bvslt x y))
            (define-fun long.atMost ((x Long) (y Long)) Bool (bvsle x y))
            (define-fun long.add ((x Long) (y Long)) Long (bvadd x y))
            (define-fun long.subtract ((x Long) (y Long)) Long (bvsub x y))
            (define-fun long.multiply ((x Long) (y Long)) Long (bvmul x y))
            (define-fun long.addOverflows ((x Long) (y Long)) Bool
              (and (= (bvslt x #x0000000000000000) (bvslt y #x0000000000000000))
                   (not (= (bvslt x #x0000000000000000) (bvslt (bvadd x y) #x0000000000000000)))))
            (define-fun long.subtractOverflows ((x Long) (y Long)) Bool
              (and (not (= (bvslt x #x0000000000000000) (bvslt y #x0000000000000000)))
                   (not (= (bvslt x #x0000000000000000) (bvslt (bvsub x y) #x0000000000000000)))))
            (define-fun long.multiplyOverflows ((x Long) (y Long)) Bool
              (not (= (bvmul ((_ sign_extend 64) x) ((_ sign_extend 64) y))
                      ((_ sign_extend 64) (bvmul x y)))))
            (define-fun long.quotient ((x Long) (d Long)) Long (bvsdiv x d))
            (define-fun long.remainder ((x Long) (d Long)) Long (bvsmod x d))
            """
        }
    }
}

// A literal is made as a leaf whose text is the number; the script writes it as the arithmetic has it.
extension TermTable {
    func long(_ number: Int64) -> Term { leaf("\(number)", .long) }

    /// The number that a term is, nil where it depends on something.
    func number(_ term: Term) -> Int64? {
        let node = node(term)
        return node.sort == .long && node.arguments.isEmpty ? Int64(node.head) : nil
    }

    func less(_ left: Term, _ right: Term) -> Term {
        if let left = number(left), let right = number(right) { return bool(left < right) }
        return left == right ? no : make("long.less", [left, right], .bool)
    }

    func atMost(_ left: Term, _ right: Term) -> Term {
        if let left = number(left), let right = number(right) { return bool(left <= right) }
        return left == right ? yes : make("long.atMost", [left, right], .bool)
    }

    /// A sum, difference or product, and whether it overflows.
    func checked(_ operation: LongOperation, _ left: Term, _ right: Term) -> (
        value: Term, overflows: Term
    ) {
        if let left = number(left), let right = number(right) {
            let (value, overflow) = operation.apply(left, right)
            return (long(overflow ? 0 : value), bool(overflow))
        }
        if operation == .multiply, number(left) == nil, number(right) == nil {
            multipliesUnknowns = true
        }
        let name = "long.\(operation.rawValue)"
        return (
            make(name, [left, right], .long), make("\(name)Overflows", [left, right], .bool)
        )
    }

    /// Division by a positive constant, truncated toward zero.
    func quotient(_ term: Term, by divisor: Int64) -> Term {
        if let known = number(term) { return long(known / divisor) }
        return make("long.quotient", [term, long(divisor)], .long)
    }

    /// The remainder that is never negative, for a positive constant.
    func remainder(_ term: Term, by divisor: Int64) -> Term {
        if let known = number(term) {
            return long(((known % divisor) + divisor) % divisor)
        }
        return make("long.remainder", [term, long(divisor)], .long)
    }
}

enum LongOperation: String {
    case add, subtract, multiply

    func apply(_ left: Int64, _ right: Int64) -> (Int64, overflow: Bool) {
        let (value, overflow) =
            switch self {
            case .add: left.addingReportingOverflow(right)
            case .subtract: left.subtractingReportingOverflow(right)
            case .multiply: left.multipliedReportingOverflow(by: right)
            }
        return (value, overflow)
    }
}
