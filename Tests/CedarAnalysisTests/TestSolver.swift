import CedarAnalysis
import SolverProcess
import TestSupport
import Testing

/// The real solver, where it is installed.
enum TestSolver {
    /// Generous, so that a busy machine fails no test.
    static let limits = AnalysisLimits(solverMilliseconds: 120_000)

    /// Nil, said out loud, where it is absent; under CI that is a failure, so that CI cannot pass on no cases.
    static func present() -> CVC5Solver? {
        let solver = CVC5Solver()
        if solver.isPresent { return solver }
        SharedData.skip("the solver cvc5 is absent; apt-get install cvc5")
        return nil
    }
}

/// A solver that says what it was told to.
struct ScriptedSolver: ConstraintSolver {
    let reply: Result<String, SolverFailure>

    func run(_ script: String, milliseconds: Int) throws(SolverFailure) -> String {
        try reply.get()
    }
}

/// Leaves every question open that is put in integers, so that bit vectors have to answer it.
struct BitVectorsOnly: ConstraintSolver {
    let solver: CVC5Solver

    func run(_ script: String, milliseconds: Int) throws(SolverFailure) -> String {
        if script.contains("(define-sort Long () Int)") { return "unknown\n" }
        return try solver.run(script, milliseconds: milliseconds)
    }
}
