import Testing

@testable import Dashboard

@Suite struct SettingsListTests {
    /// The chosen one in the middle, but at the ends of the list.
    @Test(arguments: [(0, 0..<4), (1, 0..<4), (5, 3..<7), (8, 6..<10), (9, 6..<10)])
    func theChosenOneIsInView(chosen: Int, shown: Range<Int>) {
        #expect(SettingsList.shown(of: 10, chosen: chosen, height: 4) == shown)
    }

    @Test func allAreInViewWhereThereIsRoom() {
        #expect(SettingsList.shown(of: 3, chosen: 2, height: 10) == 0..<3)
        #expect(SettingsList.shown(of: 3, chosen: 2, height: -1).isEmpty)
    }
}
