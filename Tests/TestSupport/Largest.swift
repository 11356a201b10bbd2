extension Sequence where Element: FloatingPoint {
    /// The largest element, infinity if one of them is no number, nil without any. `max()` passes over what is no number,
    /// and a difference that is none must not pass for a small one.
    @inlinable public var largest: Element? {
        reduce(nil) { largest, element in
            element.isNaN ? .infinity : largest.map { $0 < element ? element : $0 } ?? element
        }
    }
}
