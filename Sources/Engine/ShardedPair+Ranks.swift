import NeuralNetwork

/// What of the pair's work is shared with other processes.
extension ShardedPair {
    var needsAllImages: Bool { true }

    func sharedRows(_ wave: Wave) -> [SharedRows] {
        switch wave {
        case .losses: second == nil ? hidden[0].shared : hidden.map { SharedRows($0.values) } + sums.shared
        case .backward: second == nil ? [] : hidden.map { SharedRows($0.gradient) }
        }
    }

    func sharedParameters(_ wave: Wave, _ share: Share) -> [SharedParameters] {
        switch wave {
        case .losses: second.map { [$0.sharedWeights(matrix: 2, share)] } ?? []
        case .backward: [SharedParameters(matrix: 0, parts: packedRows(share).map(elements))]
        }
    }

    /// Each rank's part of the rows of all panels, one after the other, as they lie in memory.
    private func packedRows(_ share: Share) -> [Range<Int>] {
        share.parts(of: 0..<panels.count * first.inputs, unit: Share.inputUnit)
    }

    /// Where rows of panels are in memory.
    private func elements(_ rows: Range<Int>) -> Range<Int> {
        func offset(_ row: Int) -> Int {
            let (panel, input) = row.quotientAndRemainder(dividingBy: first.inputs)
            guard panel < panels.count else { return first.weightCount }
            return panels[panel].lowerBound * first.inputs + input * panels[panel].count
        }
        return offset(rows.lowerBound)..<offset(rows.upperBound)
    }

    /// Panels of a shard and the inputs of theirs that a rank updates: all at once where all is one rank's.
    func ownPanels(of shard: Int, _ share: Share) -> [(panels: Range<Int>, inputs: Range<Int>)] {
        let all = shards[shard].panels.indices
        guard share.count > 1 else { return [(all, 0..<first.inputs)] }
        let own = packedRows(share)[share.index]
        let before = shards[..<shard].reduce(0) { $0 + $1.panels.count }
        return all.compactMap { panel in
            let start = (before + panel) * first.inputs
            let rows = own.clamped(to: start..<start + first.inputs)
            return rows.isEmpty ? nil : (panel..<panel + 1, rows.lowerBound - start..<rows.upperBound - start)
        }
    }

    private var panels: [Range<Int>] { shards.flatMap(\.panels) }
}
