import Testing

@testable import Dashboard

@Suite struct SignedPictureTests {
    /// 6 × 6: -18, -17 … 17.
    private static let values = (0..<36).map { Float($0 - 18) }

    /// Each value the mean of a square, what does not fill one left out.
    @Test(arguments: [
        (6, 1, values), (3, 2, [-14.5, -12.5, -10.5, -2.5, -0.5, 1.5, 9.5, 11.5, 13.5]), (2, 3, [-11, -8, 7, 10]),
        (1, 6, [-0.5]),
    ])
    func shrinksToFit(side: Int, factor: Int, expected: [Float]) {
        let (small, width) = SignedPicture.shrunk(Self.values, width: 6, toFit: side)
        #expect(width == 6 / factor && small == expected)
        #expect(side != 3 || small == SignedPicture.halved(Self.values, width: 6))
        #expect(SignedPicture.halved([1, 2, 3], width: 1) == [1, 2, 3], "there is no half of one")
    }

    @Test func enlargesToSquares() {
        #expect(
            SignedPicture.enlarged([1, 2, 3, 4], width: 2, by: 2) == [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4])
        #expect(SignedPicture.enlarged([1, 2], width: 2, by: 1) == [1, 2])
        #expect(SignedPicture.scale(of: [0.5, -2, .infinity, .nan]) == 2 && SignedPicture.scale(of: []) == 0)
    }
}
