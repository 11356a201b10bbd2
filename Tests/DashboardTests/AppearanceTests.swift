import Testing

@testable import Dashboard

/// What a terminal of few colours, or of none, must still tell.
@Suite struct AppearanceTests {
    private func colors(_ ink: Ink, _ colors: Appearance.Colors, _ background: Appearance.Background) -> Int {
        Palette.color(of: ink, for: Appearance(colors: colors, background: background))
    }

    @Test(arguments: [Appearance.Colors.eight, .sixteen, .many], [Appearance.Background.dark, .light])
    func fewSomeAndManyErrorsDiffer(count: Appearance.Colors, background: Appearance.Background) {
        let papers = [0, 3, 6].map { colors(.error($0), count, background) }
        #expect(Set(papers).count == 3)
        for level in UInt8(0)...6 {
            let (ink, paper) = (
                colors(.onError(level), count, background), colors(.error(level), count, background)
            )
            #expect(ink != paper)
            if count != .many { #expect([3, 11].contains(paper) == (ink == 0), "dark on yellow, light on the others") }
        }
    }

    /// Each ink's colour on each kind of terminal.
    @Test func thePaletteIsAsRecorded() throws {
        var inks: [Ink] = [
            .standard, .value, .words, .faint, .train, .test, .right, .wrong, .key, .bar, .selectedTab, .onAccent,
            .onSuccess, .onRegion,
        ]
        for level in UInt8(0)...23 { inks += [.grey(level), .marked(level)] }
        for level in UInt8(0)...6 { inks += [.error(level), .onError(level), .positive(level), .negative(level)] }
        for level in UInt8(0)...2 { inks.append(.success(level)) }
        for label in UInt8(0)...2 {
            inks.append(.point(label))
            for certainty in 0..<UInt8(ClassInk.levels) { inks.append(.region(label, certainty: certainty)) }
        }
        for label in UInt8(0)...9 { inks.append(.label(label)) }
        for number in UInt8(1)...8 { inks.append(.run(number)) }
        let kinds: [(Appearance.Colors, Appearance.Background)] = [
            (.many, .dark), (.many, .light), (.sixteen, .dark), (.sixteen, .light), (.eight, .dark), (.eight, .light),
        ]
        let lines = inks.map { ink in
            "\(ink): " + kinds.map { String(colors(ink, $0.0, $0.1)) }.joined(separator: " ")
        }
        try expectPicture("palette", lines.joined(separator: "\n"))
    }

    /// A silent neuron is drawn in a dark grey, which must not become a blank.
    @Test(arguments: [Appearance.Colors.none, .eight, .sixteen], Appearance.Glyphs.allCases)
    func silentNeuronsAreThere(colors: Appearance.Colors, glyphs: Appearance.Glyphs) {
        let cell = Appearance(glyphs: glyphs, colors: colors).adapt(Cell("▀", Style(.grey(3), on: .grey(3))))
        #expect(cell.character != " ")
        let black = Appearance(glyphs: glyphs, colors: colors).adapt(Cell("▀", Style(.grey(0), on: .grey(0))))
        #expect(black.character == " ")
    }

    /// The band of the batches steps back behind the curve, by an attribute and by fewer dots.
    @Test(arguments: [Appearance.Colors.none, .eight]) func theBandRecedes(colors: Appearance.Colors) throws {
        var state = Samples.state()
        state.appearance.colors = colors
        let grid = render(state, width: 80, height: 24)
        let bands = grid.cells.filter { $0.style.ink == .faint && BrailleCanvas.dots(of: $0.character) != nil }
        #expect(bands.count > 50 && bands.allSatisfy(\.style.dim))
        let dots = bands.compactMap { BrailleCanvas.dots(of: $0.character)?.nonzeroBitCount }
        #expect(dots.reduce(0, +) <= 2 * bands.count, "two dots of eight")
        let curve = grid.cells.filter { $0.style.ink == .train && BrailleCanvas.dots(of: $0.character) != nil }
        #expect(curve.count > 20 && curve.allSatisfy { !$0.style.dim })
    }

    /// In ASCII the grid is dots; the band has a sign of its own, which the legend shows.
    @Test func inASCIITheBandIsNotTheGrid() {
        let appearance = Appearance(glyphs: .ascii, colors: .none)
        func shown(_ character: Unicode.Scalar, _ ink: Ink) -> Unicode.Scalar {
            appearance.adapt(Cell(character, Style(ink))).character
        }
        let band = shown("⢕", .faint)
        #expect(band == shown("░", .words))
        for sign: Unicode.Scalar in ["┈", "┊"] { #expect(band != shown(sign, .faint)) }
        for dots in UInt32(1)...255 { #expect(band != shown(Unicode.Scalar(0x2800 + dots) ?? " ", .train)) }
    }

    @Test func preferencesSurviveTheirFile() {
        var preferences = Preferences("")
        #expect(Preferences(preferences.text) == preferences)
        preferences.background = .light
        preferences.glyphs = .blocks
        preferences.tasksDone = [2, 0, 1]
        #expect(Preferences(preferences.text) == preferences)
        #expect(Preferences("glyphs = ascii  # as in the README\n").glyphs == .ascii)
        #expect(Preferences("pace = full").pace == .full && Preferences("pace = 40").pace == .seconds(40))
        #expect(Preferences(Preferences("pace = 40").text).pace == .seconds(40), "who wrote it keeps it")
        #expect(Preferences("pace = quick").pace == nil && Preferences("").pace == nil)
        let odd = Preferences("background=light \n rubbish\n# glyphs = ascii\nglyphs = runes\ntasks = 1,x,\u{1B}[2J,9")
        #expect(odd.background == .light && odd.glyphs == nil)
        #expect(State(preferences: odd).lessons.done.prefix(4) == [1, 0, 0, 2])
    }

    /// What b and g choose is kept; what the terminal would be shown anyway is not.
    @Test func choicesAreRemembered() {
        var state = State()
        _ = state.handle(.key("b"))
        _ = state.handle(.key("g"))
        #expect(state.preferences.background == .light && state.preferences.glyphs == .blocks)
        let next = State(preferences: Preferences(state.preferences.text))
        #expect(next.appearance == state.appearance)
        for key: Key in ["b", "g", "g"] { _ = state.handle(.key(key)) }
        #expect(state.preferences.background == nil && state.preferences.glyphs == nil)
        // The terminal's word counts as long as the user has not spoken.
        _ = state.handle(.background(.light))
        #expect(state.appearance.background == .light)
        _ = state.handle(.key("b"))
        _ = state.handle(.background(.light))
        #expect(state.appearance.background == .dark)
        let ascii = State(appearance: Appearance(glyphs: .ascii), preferences: next.preferences)
        #expect(ascii.appearance.glyphs == .ascii, "there is nothing else where the locale has no more")
    }
}
