/// How the choice moves in a gallery of pictures.
enum GalleryMove {
    case pictures(Int)
    case rows(Int)
    case pages(Int)
    case first
    case last

    /// The place that is chosen then, of `count`.
    func place(from place: Int, of count: Int, in gallery: Gallery) -> Int {
        let last = max(count - 1, 0)
        let next =
            switch self {
            case .pictures(let number): place + number
            case .rows(let number): place + number * gallery.columns
            case .pages(let number): place + number * gallery.pageSize
            case .first: 0
            case .last: last
            }
        return min(max(next, 0), last)
    }
}
