import Synchronization

/// What takes long to make and what many tests look at, made once for each key.
public final class Kept<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let values = Mutex<[Key: Value]>([:])

    public init() {}

    /// - Parameter make: gives the same for the same key; others wait meanwhile.
    public func value(_ key: Key, make: (Key) -> Value) -> Value {
        values.withLock { values in
            if let value = values[key] { return value }
            let value = make(key)
            values[key] = value
            return value
        }
    }
}
