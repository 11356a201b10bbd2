import Testing

extension EndToEnd {
    /// `inkling lessons`, walked from the first page to the last.
    @Suite struct LessonsTests {
        @Test func theCourseIsWalkedFromFirstToLast() throws {
            let session = try Inkling.terminal(["lessons"])
            try session.wait { $0.contains("Lesson 1 of 12") && $0.contains("paused") }
            // The weight of the brightest pixel is chosen.
            for _ in 0..<8 { try session.send("-") }
            try session.wait(for: "Negative: now more speaks against")
            for page in 2...10 {
                try session.send(.enter)
                try session.wait(for: "Lesson \(page) of 12")
            }
            try session.send(" ")
            try session.wait(for: "points the way of 4,096")
            try session.send(.down)
            try session.send("+")
            try session.wait { $0.contains("9,800 right") && $0.contains("98.00%") }
            #expect(session.screen.lines.last?.contains("paused") ?? false, "nothing trains until it is asked for")
            #expect(session.screen.contains("batch   0/938"))
            try session.send(.enter)
            try session.wait { $0.contains("Lesson 11 of 12") && $0.contains("sum: a pixel of the map") }
            try session.send(.enter)
            try session.wait { $0.contains("Lesson 12 of 12") && $0.contains("train both") }
            try session.send(" ")
            try session.wait(for: "and new ones better.")
            let shares =
                session.screen.lines.compactMap { line -> [Double]? in
                    guard line.contains("test  ") else { return nil }
                    return line.split(separator: " ").filter { $0.hasSuffix("%") }.compactMap { Double($0.dropLast()) }
                }.first ?? []
            #expect(shares.count == 2 && shares[1] > shares[0] + 3, "as the page says: \(shares)")
            try session.send("q")
            #expect(try session.waitForExit() == .success)
        }
    }
}
