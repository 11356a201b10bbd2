/// Part of a picture, in its pixels.
public struct Box: Sendable, Equatable {
    public var left: Int, top: Int
    /// Beyond the last pixel.
    public var right: Int, bottom: Int

    public var width: Int { right - left }
    public var height: Int { bottom - top }

    public init(left: Int, top: Int, right: Int, bottom: Int) {
        self.left = left
        self.top = top
        self.right = right
        self.bottom = bottom
    }

    /// The smallest that holds both.
    func joined(_ other: Box) -> Box {
        Box(
            left: min(left, other.left), top: min(top, other.top), right: max(right, other.right),
            bottom: max(bottom, other.bottom))
    }

    /// How many columns both have; below 0, how many lie between them.
    func shareAcross(_ other: Box) -> Int { min(right, other.right) - max(left, other.left) }

    /// How many rows both have; below 0, how many lie between them.
    func shareDown(_ other: Box) -> Int { min(bottom, other.bottom) - max(top, other.top) }
}

/// Pixels of ink that touch each other, with their corners too.
struct Component {
    var box: Box
    /// The pixels, as places in their plane.
    var places: [Int]

    /// All of a set `[height × width]`, from the top.
    static func all(of set: [Bool], width: Int, height: Int) -> [Component] {
        var isLeft = set
        var components: [Component] = []
        for start in set.indices where isLeft[start] {
            var places = [start]
            isLeft[start] = false
            var box = Box(left: width, top: height, right: 0, bottom: 0)
            var next = 0
            while next < places.count {
                let (x, y) = (places[next] % width, places[next] / width)
                next += 1
                box = box.joined(Box(left: x, top: y, right: x + 1, bottom: y + 1))
                for row in max(y - 1, 0)...min(y + 1, height - 1) {
                    for place in row * width + max(x - 1, 0)...row * width + min(x + 1, width - 1) where isLeft[place] {
                        isLeft[place] = false
                        places.append(place)
                    }
                }
            }
            components.append(Component(box: box, places: places))
        }
        return components
    }

    /// Both as one.
    func joined(_ other: Component) -> Component {
        Component(box: box.joined(other.box), places: places + other.places)
    }
}
