/// The cell chosen, and how it is shown.
struct ConfusionState: Sendable, Equatable {
    /// The chosen cell.
    var label = 0
    var prediction = 0
    /// Shares of the true class in place of counts.
    var showsShares = false
    /// What it is held against; nil to show it as it is.
    var reference: ConfusionReference?
    /// The matrix that the user keeps to hold others against.
    var marked: MarkedConfusion?

    mutating func move(down: Int = 0, right: Int = 0, classes: Int) {
        label = min(max(label + down, 0), classes - 1)
        prediction = min(max(prediction + right, 0), classes - 1)
    }

    /// Chooses the cell under the mouse; false where there is none.
    mutating func choose(_ mouse: Mouse, names: [String], in room: Rect) -> Bool {
        let layout = ConfusionScreen.Layout(room, names: names, chosen: (label, prediction))
        guard let cell = layout.cell(at: mouse) else { return false }
        (label, prediction) = cell
        return true
    }
}
