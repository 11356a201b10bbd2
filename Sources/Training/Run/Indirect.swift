/// Keeps a large value outside of what holds it: a copy of the holder counts one reference more, where it would count
/// one for each array and string within the value. Who sets the value has one of his own from then on.
@propertyWrapper
public struct Indirect<Value: Sendable>: Sendable {
    @usableFromInline
    final class Storage: Sendable {
        @usableFromInline
        let value: Value

        @inlinable
        init(_ value: Value) { self.value = value }
    }

    @usableFromInline
    var storage: Storage

    @inlinable
    public init(wrappedValue: Value) { storage = Storage(wrappedValue) }

    @inlinable
    public var wrappedValue: Value {
        get { storage.value }
        set { storage = Storage(newValue) }
    }
}
