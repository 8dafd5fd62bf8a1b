import Cedar
import Testing

@Suite("Formatting")
struct FormatterTests {
    @Test("Policies are laid out, and comments stay beside what they belong to")
    func layout() throws {
        let text = """
            // about the file

            // about the policy
            @id("x")@note permit(principal==User::"a",// who
            action in [Action::"r",Action::"w"],resource is Doc in Folder::"f")
            when{ context.a-1 > -2&&!context.b || // either
             (if context.c then {x:1,"y z":[1,2]}.x==1 else ip("10.0.0.1").isInRange(ip("10.0.0.0/8"))) }
            unless { true };permit(principal,action,resource); // last
            // end
            """
        let expected = """
            // about the file

            // about the policy
            @id("x")
            @note
            permit (
              principal == User::"a", // who
              action in [Action::"r", Action::"w"],
              resource is Doc in Folder::"f"
            )
            when {
              context.a - 1 > -2 && !context.b || // either
              (
                if context.c
                  then { x: 1, "y z": [1, 2] }.x == 1
                  else ip("10.0.0.1").isInRange(ip("10.0.0.0/8"))
              )
            }
            unless { true };

            permit (principal, action, resource); // last
            // end

            """
        #expect(try PolicyFormatter().format(text, file: "p") == expected)
    }

    @Test(
        "Formatting changes no meaning, and formatting again changes nothing",
        arguments: ["corpus-4.10", "handwritten", "generated"])
    func idempotent(name: String) throws {
        guard let lines = try SharedCases.lines("cases/\(name).jsonl.gz") else { return }
        var count = 0
        // Slow without optimisation: of the large set every eighth policy is taken.
        let stride = lines.count > 1_000 ? 8 : 1
        for (number, line) in lines.enumerated() where number % stride == 0 {
            let text = SharedCases.text(try JSONReader.read(line)["policies"])
            try check(text)
            count += 1
        }
        print("formatted \(name): \(count)")
        #expect(count > 0)
    }

    private func check(_ text: String) throws {
        for width in [20, 80] {
            let formatter = PolicyFormatter(widthMax: width)
            let once = try formatter.format(text, file: "once")
            #expect(try formatter.format(once, file: "twice") == once)
            let before = try PolicySet(parsing: text, file: "before")
            let after = try PolicySet(parsing: once, file: "after")
            #expect(try after.json() == before.json())
            #expect(comments(once) == comments(text))
        }
    }

    /// How often the comments of these tests occur; other texts have `//` in strings too.
    private func comments(_ text: String) -> [Int] {
        ["// c", "// d"].map { text.split(separator: $0, omittingEmptySubsequences: false).count }
    }

    @Test("A comment in any place is kept, there and when formatted again")
    func commentsEverywhere() throws {
        let words = """
            @id ( "x" ) permit ( principal is A in ?principal , action in [ Action :: "a" ] , resource ) when { if
            principal . a [ "b" ] . contains ( - 1 ) then { a : [ 1 , ] , } has a . b else ! ( 1 + 2 == 3 ) && ip ( "1" )
            . isIpv4 ( ) || a :: b :: "c" like "x*" } unless { true } ;
            """.split(whereSeparator: \.isWhitespace).map(String.init)
        for place in 0...words.count {
            for comment in ["// c\n", "\n// c\n", "\n\n// c\n// d\n\n"] {
                var text = words
                text.insert(comment, at: place)
                try check(text.joined(separator: " "))
            }
        }
    }
}
