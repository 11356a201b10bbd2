/// Which classes are shown where there is no room for all.
enum ClassList {
    /// The most rows that a list of classes takes beside other things.
    static let usualRows = 10

    /// All in their order where they fit; else those that come first by `isBefore`, such as the most probable.
    static func shown(_ count: Int, rows: Int, by isBefore: (Int, Int) -> Bool) -> [Int] {
        let all = Array(0..<count)
        guard count > rows else { return all }
        return Array(all.sorted { isBefore($0, $1) || !isBefore($1, $0) && $0 < $1 }.prefix(max(rows, 0)))
    }
}
