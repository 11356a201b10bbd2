import Testing

@testable import Dashboard
@testable import Training

/// What ranks do that train together, in place of the loss.
@Suite struct RanksViewTests {
    private static func state(ranks: Int, _ size: (Int, Int)) -> State {
        var snapshot = Samples.snapshot()
        snapshot.ranks = (0..<ranks).map { rank in
            RankActivity(
                host: rank < 2 ? "alder" : "birch-\(rank)", imagesPerSecond: 61_400 - 317 * Double(rank),
                atWork: 0.93 - 0.07 * Double(rank))
        }
        return Samples.state(snapshot: snapshot, width: size.0, height: size.1)
    }

    @Test(arguments: [(80, 24), (120, 40)]) func pictures(size: (Int, Int)) throws {
        var state = Self.state(ranks: 4, size)
        press(&state, "v", "v")
        // In a small window there is no room for it.
        #expect(size.0 == 80 || text(state).contains(/v +ranks/))
        press(&state, "v")
        try expectPicture("ranks", of: state, width: size.0, height: size.1)
        press(&state, "v")
        #expect(text(state).contains("Loss, log scale"))
    }

    @Test func whatHasNoRoomIsCounted() {
        var state = Self.state(ranks: 13, (80, 24))
        press(&state, "v", "v", "v")
        #expect(text(state).contains("13 ranks train together") && text(state).contains(/and \d more/))
    }

    @Test func oneProcessHasNone() {
        var state = Self.state(ranks: 0, (120, 40))
        press(&state, "v", "v", "v")
        #expect(text(state).contains("Loss, log scale"))
    }
}
